"""The models that a trial considered, from all in INT8 to the chosen one: error against work in float."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from openpot.search.evidence import Evidence
from openpot.search.repair import Repair

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


def list_tried_models(evidence: Evidence) -> tuple[TriedModel, ...]:
    """The models in the order in which they were considered, those with most in INT8 first."""
    ends_work = sum(unit.work for unit, _ in evidence.ends)
    tried = [TriedModel(name, ends_work if name == ENDS else 0.0, error) for name, error in evidence.errors.items()]
    if evidence.repair is not None and tried:
        tried += _follow_repair(evidence.repair, tried[-1].error, ends_work)
    chosen = TriedModel("the result", sum(unit.work for unit, _ in evidence.in_float), evidence.error, is_chosen=True)
    return (*(model for model in tried if math.isfinite(model.error)), chosen)


def _follow_repair(repair: Repair, error: float, ends_work: float) -> Iterator[TriedModel]:
    """What each unit that was reverted takes off the error, by its share of the squares; the last one is the result."""
    floor, total = repair.floor**2, max(error**2 - repair.floor**2, 0.0)
    shares = accumulate(share for _, share in repair.units)
    works = accumulate((unit.work for unit, _ in repair.units), initial=ends_work)
    next(works)
    steps = list(zip(repair.units, shares, works, strict=True))
    for (unit, _), share, work in steps[:-1]:
        left = math.sqrt(floor + total * max(1 - share, 0.0))
        yield TriedModel(f"{', '.join(unit.operations[:2])} in float", work, left, is_measured=False)
