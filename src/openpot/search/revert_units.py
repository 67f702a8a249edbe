"""Back to float, unit by unit, until the metrics are within their limits.

POT took one unit at a time and evaluated the whole data set after each. Here steps double as long as they help, and
once a step reached the target, the smallest part of it that does is found by halving, from both ends: for ``k`` units
that takes about ``3 log2(k)`` evaluations. A step that made things worse is undone and taken apart; then the units are
ranked anew, because what helps depends on what is in float already. If nothing helps any more, the search begins at the
other end: everything in float reaches what can be reached, and from there as much becomes INT8 again as will do, those
units last that lose most when they alone are quantized.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from openpot.search.accuracy_records import SearchStatus
from openpot.search.accuracy_target import AccuracyTarget, MetricLimit, Metrics
from openpot.search.repair import Unit

logger = logging.getLogger(__name__)

Evaluate = Callable[[Sequence[Unit]], Metrics]
"""The metrics over the whole data set with these units in float."""

Rank = Callable[[Sequence[Unit], MetricLimit], Sequence[Unit]]
"""All other units, best candidates first."""

RankAlone = Callable[[MetricLimit], Sequence[Unit]]
"""All units, those first that lose most when they alone are quantized."""


WORTH_SHORTENING = 4
"""So many units in float are worth a look whether the first of them are needed."""


class _LimitReachedError(Exception):
    """As many models as allowed were evaluated."""


@dataclass(frozen=True)
class _Place:
    """Where the search is: what is in float, and the metrics with it."""

    in_float: tuple[Unit, ...]
    metrics: Metrics


class UnitReverting:
    """One search.

    Args:
        target: what is to be kept.
        evaluate: measures a model; remembering the best one is the caller's business.
        rank: orders units by what their return to float brings.
        rank_alone: orders units by what they lose.
        max_iter_num: how many models may be evaluated; None for any number.
        undoes_worse_steps: do not keep a step that made things worse.
    """

    def __init__(
        self,
        target: AccuracyTarget,
        evaluate: Evaluate,
        rank: Rank,
        rank_alone: RankAlone,
        max_iter_num: int | None = None,
        undoes_worse_steps: bool = True,
    ) -> None:
        self._target, self._evaluate = target, evaluate
        self._rank, self._rank_alone = rank, rank_alone
        self._left = max_iter_num
        self._undoes_worse_steps = undoes_worse_steps
        self._known: dict[frozenset[Unit], Metrics] = {}

    def run(self, metrics: Metrics) -> SearchStatus:
        """Search from the model with everything quantized, whose metrics are not within their limits.

        Raises:
            MetricError: a metric raised, or gave no number.
        """
        logger.info("Changing fake quantize nodes scope")
        start = _Place((), metrics)
        place, is_moving = start, True
        try:
            while is_moving:
                limit = self._target.worst(place.metrics)
                if self._left == 0:
                    raise _LimitReachedError
                logger.info("Optimizing %s metric", limit.name)
                order = self._rank(place.in_float, limit)
                if not order:
                    return SearchStatus.NOT_REACHED
                num_before = len(place.in_float)
                place, is_moving = self._walk(place, order, limit)
                if self._target.is_met(place.metrics):
                    is_all = len(place.in_float) == len(order) + num_before
                    return self._from_float(start, place) if is_all else SearchStatus.REACHED
            return self._from_float(start, place)
        except _LimitReachedError:
            if any(self._target.is_met(known) for known in self._known.values()):
                return SearchStatus.REACHED
            logger.info("Reached maximum number of iterations.")
            return SearchStatus.ITERATION_LIMIT

    def _walk(self, place: _Place, order: Sequence[Unit], limit: MetricLimit) -> tuple[_Place, bool]:
        """Take steps along a ranking; returns the place, and whether a new ranking may lead on from there."""
        pending, size, start = list(order), 1, place
        while pending:
            step = pending[:size]
            after = self._stepped(place, step)
            if self._target.is_met(after.metrics):
                self._narrow(place, step)
                return after, False
            if self._target.excess(after.metrics) <= self._target.excess(place.metrics):
                place, pending, size = after, pending[size:], 2 * size
                if self._target.worst(place.metrics).name != limit.name:
                    return place, bool(pending)
            elif len(step) > 1:
                size = 1  # one of them did harm
            elif not self._undoes_worse_steps:
                return after, len(pending) > 1
            else:
                pending.pop(0)
                if place is not start and pending:
                    logger.info("Re-calculating node importance")
                    return place, True
        return place, False

    def _from_float(self, start: _Place, stuck: _Place) -> SearchStatus:
        """The last resort: everything in float, then as little of it as will do."""
        order = self._rank_alone(self._target.worst(stuck.metrics))
        if not self._target.is_met(self._stepped(start, order).metrics):
            return SearchStatus.NOT_REACHED
        self._narrow(start, order)
        return SearchStatus.REACHED

    def _narrow(self, place: _Place, step: Sequence[Unit]) -> None:
        """Evaluate the smallest part of a step that reaches the target, as far as halving tells and limits allow.

        Then the same from the other end: what went to float first may not be needed with what came later.
        """
        too_few, enough = 0, len(step)
        while enough - too_few > 1 and self._left != 0:
            middle = (too_few + enough) // 2  # never what is known to reach it, so that the limit cannot lose that
            if self._target.is_met(self._stepped(place, step[:middle]).metrics):
                enough = middle
            else:
                too_few = middle
        needed = (*place.in_float, *step[:enough])
        dispensable, too_many = 0, len(needed)
        while too_many - dispensable > 1 and len(needed) >= WORTH_SHORTENING and self._left != 0:
            middle = (dispensable + too_many) // 2
            if self._target.is_met(self._stepped(_Place((), place.metrics), needed[middle:]).metrics):
                dispensable = middle
            else:
                too_many = middle

    def _stepped(self, place: _Place, step: Sequence[Unit]) -> _Place:
        in_float = (*place.in_float, *step)
        which = frozenset(in_float)
        if which not in self._known:
            if self._left == 0:
                raise _LimitReachedError
            self._left = None if self._left is None else self._left - 1
            self._known[which] = self._evaluate(in_float)
        return _Place(in_float, self._known[which])
