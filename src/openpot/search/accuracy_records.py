"""The records of an accuracy-aware search."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class SearchStatus(StrEnum):
    """How a search ended. It always returns the best model that it evaluated."""

    REACHED = "reached"
    """Every metric is within its limit."""
    NOT_REACHED = "not_reached"
    """Everything was tried, and no model is within its limits."""
    ITERATION_LIMIT = "iteration_limit"
    """``max_iter_num`` models were evaluated, and none is within the limits."""
    METRIC_NOT_FINITE = "metric_not_finite"
    """A metric gave NaN or infinity: the search stopped at once."""
    METRIC_FAILED = "metric_failed"
    """A metric raised: the search stopped, and nothing that was known before is lost."""


@dataclass(frozen=True)
class EvaluationRecord:
    """One model that was evaluated.

    Attributes:
        variant: how it was quantized: ``quantized``, ``led by outputs``, ``mixed``, ``tuned: ...``.
        in_float: names of the operations that were reverted to float.
        metrics: its metrics; None if they could not be computed.
        drops: by how much each is worse than the baseline.
        accepted: whether all of them are within their limits.
        resumed: whether the journal of an earlier run had this.
    """

    variant: str
    in_float: tuple[str, ...]
    metrics: Mapping[str, float] | None
    drops: Mapping[str, float] = field(default_factory=dict)
    accepted: bool = False
    resumed: bool = False


@dataclass(frozen=True, eq=False)
class AccuracyAwareResult:
    """What accuracy-aware quantization did.

    Attributes:
        status: how it ended.
        explanation: the same in a sentence.
        baseline: metrics that drops are measured from.
        metrics: metrics of the model that is returned; None if they are not known.
        drops: by how much each is worse than the baseline.
        variant: how the returned model was quantized; ``original`` if it is the original one.
        in_float: operations of it that were reverted to float, in that order.
        quantized_operations: how many operations were quantized before any was reverted.
        evaluations: every model that was evaluated, in order.
        ranking_inferences: inferences that scored units.
        quantization: what the base algorithm did, without what was reverted to float.
        warnings: what the user should know.
    """

    status: SearchStatus
    explanation: str
    baseline: Mapping[str, float]
    metrics: Mapping[str, float] | None
    drops: Mapping[str, float]
    variant: str
    in_float: tuple[str, ...]
    quantized_operations: int
    evaluations: tuple[EvaluationRecord, ...]
    ranking_inferences: int = 0
    quantization: object = None
    warnings: tuple[str, ...] = ()

    @property
    def is_reached(self) -> bool:
        """Whether the returned model is within the limits."""
        return self.status is SearchStatus.REACHED
