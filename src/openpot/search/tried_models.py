"""The models that a trial considered, from all in INT8 to the chosen one: error against work in float."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate

from openpot.search.evidence import Evidence
from openpot.search.repair import Repair
from openpot.search.units import Unit

ENDS = "ends in float"


@dataclass(frozen=True)
class TriedModel:
    """One model that was considered.

    Attributes:
        description: what it is, in words.
        float_work: about how many multiplications it makes in float because the outputs decided so.
        error: of the worst output, as a share of its variation between samples.
        is_measured: whether that was measured, or follows from the errors of its units alone.
        is_chosen: whether it is the result.
    """

    description: str
    float_work: float
    error: float
    is_measured: bool = True
    is_chosen: bool = False


def list_tried_models(evidence: Evidence, multiplications: Mapping[str, float]) -> tuple[TriedModel, ...]:
    """The models in the order in which they were considered, those with most in INT8 first.

    Args:
        evidence: what the trial found out.
        multiplications: of operations, by name; others make none.
    """

    def sum_work(units: Iterable[Unit]) -> float:
        names = {name for unit in units for name in unit.operations}
        return sum(multiplications.get(name, 0.0) for name in sorted(names))

    ends = [unit for unit, _ in evidence.ends]
    tried = [
        TriedModel(name, sum_work(ends) if name == ENDS else 0.0, error)
        for name, error in evidence.errors.items()
        if math.isfinite(error)
    ]
    if evidence.repair is not None and tried:
        steps = _estimate_steps(evidence.repair, tried[-1].error, evidence.error)
        reverted = [unit for unit, _ in evidence.repair.units]
        for number, error in enumerate(steps, 1):
            description = f"{', '.join(reverted[number - 1].operations[:2])} in float"
            work = sum_work([*ends, *reverted[:number]])
            tried.append(TriedModel(description, work, error, is_measured=False))
    all_units = [unit for unit, _ in evidence.in_float]
    return (*tried, TriedModel("the result", sum_work(all_units), evidence.error, is_chosen=True))


def _estimate_steps(repair: Repair, before: float, after: float) -> list[float]:
    """The error after each unit that was reverted but the last, by its share of what all of them took off the squares.

    Args:
        repair: what was reverted.
        before: the error before the first unit, measured.
        after: the error after the last one, measured.
    """
    sums = list(accumulate(share for _, share in repair.units))
    gained = max(before**2 - after**2, 0.0)
    return [math.sqrt(after**2 + gained * (1 - share / sums[-1])) if sums[-1] else before for share in sums[:-1]]
