"""Reverts as few units to float as it takes to bring the metrics within their limits.

POT reverted one unit after the other, the one that raised the metric most by itself, and evaluated the whole data set
after each. On real networks the loss is the sum of many small ones, and what a single unit brings drowns in the noise
of all others. So units are ranked the other way round, by what each loses when it alone is quantized, and the first of
them are reverted together: 1, 2, 4... until the target is reached, at the latest by everything in float. Then halving,
from both ends, finds the smallest part of them that reaches it. The order is that of loss per work; if it ends with
everything in float, that of the loss. For ``n`` units that takes about ``3 log2(n)`` evaluations, or ``5 log2(n)``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from openpot.search.accuracy_records import SearchStatus
from openpot.search.accuracy_target import AccuracyTarget, MetricLimit, Metrics
from openpot.search.units import Unit

logger = logging.getLogger(__name__)

Evaluate = Callable[[Sequence[Unit]], Metrics]
"""Evaluates the whole data set with these units in float."""

Rank = Callable[[MetricLimit, bool], Sequence[Unit]]
"""Orders all units, those first that lose most when they alone are quantized; per work if the argument is true."""


class _LimitReachedError(Exception):
    """As many models as allowed were evaluated."""


class UnitReverting:
    """One search.

    Args:
        target: the limits.
        evaluate: measures a model, and keeps the best one.
        rank: orders units.
        max_iter_num: how many models may be evaluated; None for any number.
    """

    def __init__(self, target: AccuracyTarget, evaluate: Evaluate, rank: Rank, max_iter_num: int | None = None) -> None:
        self._target, self._evaluate, self._rank = target, evaluate, rank
        self._left = max_iter_num
        self._known: dict[frozenset[Unit], bool] = {}

    def run(self, metrics: Metrics) -> SearchStatus:
        """Search from the model with everything quantized, whose metrics are not within their limits.

        Raises:
            MetricError: a metric raised, or gave no number.
        """
        logger.info("Changing fake quantize nodes scope")
        try:
            if self._left == 0:
                raise _LimitReachedError
            limit = self._target.find_worst(metrics)
            logger.info("Optimizing %s metric", limit.name)
            order = list(self._rank(limit, True))
            too_few, enough = 0, min(len(order), 1)
            while not self._is_met(order[:enough]):
                if enough == len(order):
                    return SearchStatus.NOT_REACHED
                too_few, enough = enough, min(2 * enough, len(order))
            self._narrow(order, too_few, enough)
            if enough == len(order):
                # Per work, large units stay quantized longest; here those do that lose least.
                self._narrow(list(self._rank(limit, False)), 0, enough)
        except _LimitReachedError:
            if not any(self._known.values()):
                logger.info("Reached maximum number of iterations.")
                return SearchStatus.ITERATION_LIMIT
        return SearchStatus.REACHED

    def _narrow(self, order: Sequence[Unit], too_few: int, enough: int) -> None:
        """Evaluate smaller parts of what reaches the target: fewer at the end, then fewer at the beginning."""
        while enough - too_few > 1:
            middle = (too_few + enough) // 2
            if self._is_met(order[:middle]):
                enough = middle
            else:
                too_few = middle
        dispensable, too_many = 0, enough
        while too_many - dispensable > 1:
            middle = (dispensable + too_many) // 2
            if self._is_met(order[middle:enough]):
                dispensable = middle
            else:
                too_many = middle

    def _is_met(self, in_float: Sequence[Unit]) -> bool:
        if not in_float:
            return False
        which = frozenset(in_float)
        if which not in self._known:
            if self._left == 0:
                raise _LimitReachedError
            self._left = None if self._left is None else self._left - 1
            self._known[which] = self._target.is_met(self._evaluate(in_float))
        return self._known[which]
