"""How much of a model's work is prepared for INT8, and for what reasons the rest stays in float."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from openpot.measure.work import measure_work

if TYPE_CHECKING:
    from openpot.graph.types import Model
    from openpot.placement.plan import QuantizationPlan


@dataclass(frozen=True)
class PlannedShare:
    """Shares of the multiplications of a model; all of them together are 1.

    Attributes:
        in_int8: of the operations that were quantized.
        in_float: of the others, by the reason why they were not, the largest first.
    """

    in_int8: float
    in_float: Mapping[str, float] = field(default_factory=dict)


def find_planned_share(plan: QuantizationPlan, models: Iterable[Model]) -> PlannedShare | None:
    """The share of the multiplications, those in bodies included, that a plan prepares for INT8.

    Args:
        plan: of all models.
        models: the model, or the members of a cascade, before or after they were quantized.

    Returns:
        None if nothing multiplies and accumulates.
    """
    decisions = {decision.operation: decision for decision in plan.decisions}
    in_int8 = 0.0
    in_float: defaultdict[str, float] = defaultdict(float)
    for name, work in (pair for model in models for pair in measure_work(model).items()):
        decision = decisions.get(name)
        if decision is not None and decision.quantized:
            in_int8 += work.multiplications
        else:
            reason = why_undecided(work.type, work.is_in_body) if decision is None else decision.reason
            in_float[reason] += work.multiplications
    total = in_int8 + sum(in_float.values())
    if total == 0:
        return None
    largest_first = sorted(in_float, key=lambda reason: -in_float[reason])
    return PlannedShare(in_int8 / total, {reason: in_float[reason] / total for reason in largest_first})


def why_undecided(operation_type: str, is_in_body: bool) -> str:
    """Why a plan does not speak of an operation that multiplies and accumulates."""
    why = "bodies of loops and conditions are not calibrated" if is_in_body else f"{operation_type} is not quantized"
    return f"stays in float: {why}"
