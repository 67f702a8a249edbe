"""What is reported about a quantized model besides the model itself: frozen records, made elsewhere, rendered here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from openpot.measure.executed_graph import Arithmetic
from openpot.measure.output_distance import OutputDistance
from openpot.measure.speed import SpeedResult
from openpot.placement.plan import QuantizationPlan
from openpot.search.evidence import Evidence
from openpot.typing_aliases import JSONValue


class Status(StrEnum):
    """How a quantization ended."""

    DONE = "done"
    DONE_IN_PART = "done in part"
    """The result can be used, but a stage failed that would have improved or checked it."""
    NOTHING_QUANTIZED = "nothing quantized"
    TARGET_NOT_MET = "target not met"
    NOT_TO_BE_USED = "not to be used"
    """The device computes wrong outputs with a setting that users run models with; operations in float do not help."""

    @property
    def is_success(self) -> bool:
        """Whether there is a quantized model as it was asked for."""
        return self in (Status.DONE, Status.DONE_IN_PART)


@dataclass(frozen=True)
class FailedStage:
    """A stage that failed without ending the run, and the reason."""

    stage: str
    reason: str


@dataclass(frozen=True)
class Finding:
    """A likely cause of a result that disappoints, with its figures, and what to do about it."""

    text: str
    remedy: str


@dataclass(frozen=True)
class LayerRecord:
    """What became of one operation that does multiply-accumulate work.

    Attributes:
        operation: its full name.
        type: of the operation.
        precision: the type that the device really computes it in (``i8``, ``f32``...); None where that is not known.
        is_integer: whether it computes in INT8.
        reason: why it is as it is.
        arithmetic: whether that is INT8, float with integer weights, or float; None if the device is not here.
        multiplications: about how many it makes in one inference.
    """

    operation: str
    type: str
    precision: str | None
    is_integer: bool
    reason: str
    arithmetic: Arithmetic | None = None
    multiplications: float = 0.0


@dataclass(frozen=True, kw_only=True)
class DropRecord:
    """Whether a metric was kept as ``max_drop`` asks for.

    Attributes:
        is_met: whether every value of the metric is within its limit.
        allowed: by how much each value may be worse than that of the float model.
        drops: by how much it is.
        explanation: how the search ended, in a sentence.
        evaluations: how many quantized models were evaluated.
        in_float: operations that were reverted to float for the metric.
    """

    is_met: bool
    allowed: Mapping[str, float]
    drops: Mapping[str, float]
    explanation: str
    evaluations: int = 0
    in_float: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class QuantizationRecord:
    """What is known about a quantized model.

    Attributes:
        plan: what was quantized how, and what was not and why.
        status: how it ended.
        metric_before: values of the metric for the FP32 model; None without a metric.
        metric_after: the same for the INT8 model.
        metric_samples: number of samples that the metric saw.
        drop: whether the metric was kept; None if no ``max_drop`` was stated.
        output_error: distance of each output from FP32.
        size_before: bytes of all constants of the model as it was given.
        size_after: bytes of all constants of the INT8 model.
        speedup: speed against FP32; None if the target device is not here.
        layers: what the device runs in INT8 and what not.
        evidence: what the outputs decided about ranges, bias shifts and precision; None where they were not asked.
        samples_used: number of samples that calibrated.
        warnings: what the user should know.
        failed_stages: what failed without ending the run.
        findings: likely causes of a result that disappoints.
        settings: how the result was made, versions included.
    """

    plan: QuantizationPlan
    status: Status
    size_before: int
    size_after: int
    samples_used: int
    metric_before: Mapping[str, float] | None = None
    metric_after: Mapping[str, float] | None = None
    metric_samples: int = 0
    drop: DropRecord | None = None
    output_error: tuple[OutputDistance, ...] = ()
    speedup: SpeedResult | None = None
    layers: tuple[LayerRecord, ...] = ()
    evidence: Evidence | None = None
    warnings: tuple[str, ...] = ()
    failed_stages: tuple[FailedStage, ...] = ()
    findings: tuple[Finding, ...] = ()
    settings: Mapping[str, JSONValue] = field(default_factory=dict)

    @property
    def work_shares(self) -> Mapping[Arithmetic, float]:
        """Share of the multiplications that is made in INT8, with integer weights alone, and in float.

        Empty where the device is not here, or nothing multiplies. If they do not add up to 1, the rest is of layers
        that were prepared for INT8 and that the executed graph does not name.
        """
        total = sum(layer.multiplications for layer in self.layers)
        if not total or all(layer.arithmetic is None for layer in self.layers):
            return {}
        return {
            kind: sum(layer.multiplications for layer in self.layers if layer.arithmetic == kind) / total
            for kind in Arithmetic
        }
