"""The best of the models that were evaluated, and a record of each of them."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from openpot.search.accuracy_records import EvaluationRecord
from openpot.search.accuracy_target import AccuracyTarget, Metrics
from openpot.search.quantized_variant import QuantizedVariant
from openpot.search.units import Unit, list_operations, sum_work

logger = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class SeenModel:
    """A model that was evaluated: a variant with the units ``in_float`` reverted."""

    variant: QuantizedVariant
    in_float: tuple[Unit, ...]
    metrics: Metrics


class BestSeen:
    """Remembers the best: within the limits the one with the least work in float, else the closest to the limits.

    Args:
        target: the limits.
    """

    def __init__(self, target: AccuracyTarget) -> None:
        self.target = target
        self.best: SeenModel | None = None
        self.records: list[EvaluationRecord] = []

    def add(self, seen: SeenModel, resumed: bool) -> bool:
        """Record a model; returns whether it is the best so far."""
        accepted, drops = self.target.is_met(seen.metrics), self.target.compute_drops(seen.metrics)
        names = list_operations(seen.in_float)
        self.records.append(EvaluationRecord(seen.variant.name, names, dict(seen.metrics), drops, accepted, resumed))
        is_best = self.best is None or self._rank(seen) < self._rank(self.best)
        if is_best:
            self.best = seen
        return is_best

    def add_failed(self, variant: QuantizedVariant, in_float: Sequence[Unit]) -> None:
        """Record a model whose metrics could not be computed."""
        self.records.append(EvaluationRecord(variant.name, list_operations(in_float), None))

    def _rank(self, seen: SeenModel) -> tuple[bool, float, float]:
        excess, work = self.target.compute_excess(seen.metrics), sum_work(seen.in_float)
        return (False, work, excess) if self.target.is_met(seen.metrics) else (True, excess, work)
