"""Which of its options each item takes so that all of them together lose least and are not too large.

A multiple-choice knapsack. Of each item only the options on the lower convex hull of size and loss are of interest at
first; steps from one to the next, of all items by what they gain per byte, make a path from the smallest allocation to
the best one. Each point of the path is optimal for its size (Sinha and Zoltners, "The multiple-choice knapsack
problem", 1979; for bits of networks: Shoham and Gersho, "Efficient bit allocation for an arbitrary set of quantizers",
1988). What is left below a limit is filled with single steps afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from openpot.typing_aliases import Array


@dataclass(frozen=True, eq=False)
class Allocation:
    """One option for each item.

    Attributes:
        picks: number of the option, by item.
        size: of all together.
        loss: of all together.
    """

    picks: tuple[int, ...]
    size: float
    loss: float


class AllocationPath:
    """The best allocations from the smallest to the one that loses least.

    Args:
        sizes: of the options of each item.
        losses: of the same options; those of all items add up.
    """

    def __init__(self, sizes: Sequence[Array], losses: Sequence[Array]) -> None:
        self._sizes, self._losses = [[np.asarray(values, np.float64) for values in given] for given in (sizes, losses)]
        hulls = [find_lower_hull(size, loss) for size, loss in zip(self._sizes, self._losses, strict=True)]
        steps = [
            (-(loss[a] - loss[b]) / (size[b] - size[a]), item, b)
            for item, (size, loss, hull) in enumerate(zip(self._sizes, self._losses, hulls, strict=True))
            for a, b in pairwise(hull)
        ]
        self._first = [hull[0] for hull in hulls]
        self._steps = [(item, option) for _, item, option in sorted(steps)]

    @property
    def points(self) -> list[tuple[float, float]]:
        """Size and loss of every allocation on the path."""
        picks = list(self._first)
        points = [self._sum(picks)]
        for item, option in self._steps:
            size, loss = points[-1]
            before, picks[item] = picks[item], option
            size += self._sizes[item][option] - self._sizes[item][before]
            loss += self._losses[item][option] - self._losses[item][before]
            points.append((float(size), float(loss)))
        return points

    @property
    def smallest(self) -> float:
        """The smallest size that is possible."""
        return self._sum(self._first)[0]

    def pick_within(self, limit: float) -> Allocation | None:
        """The best allocation that is not larger than ``limit``; None if even the smallest is."""
        sizes = [size for size, _ in self.points]
        if sizes[0] > limit:
            return None
        picks = self._picks_after(int(np.searchsorted(sizes, limit, side="right")) - 1)
        self._fill(picks, limit)
        return self._allocation(picks)

    def pick_below(self, loss_limit: float) -> Allocation:
        """The smallest allocation on the path that loses at most ``loss_limit``; the best one if none does."""
        reached = [number for number, (_, loss) in enumerate(self.points) if loss <= loss_limit]
        return self._allocation(self._picks_after(reached[0] if reached else len(self._steps)))

    def _picks_after(self, num_steps: int) -> list[int]:
        picks = list(self._first)
        for item, option in self._steps[:num_steps]:
            picks[item] = option
        return picks

    def _fill(self, picks: list[int], limit: float) -> None:
        """Change one item after the other, the one that gains most first, as long as something fits."""
        room = limit - self._sum(picks)[0]
        while True:
            best, gain = None, 0.0
            for item, pick in enumerate(picks):
                grown = self._sizes[item] - self._sizes[item][pick]
                saved = np.where(grown <= room, self._losses[item][pick] - self._losses[item], 0.0)
                option = int(saved.argmax())
                if saved[option] > gain:
                    best, gain = (item, option, float(grown[option])), float(saved[option])
            if best is None:
                return
            item, option, grown_by = best
            picks[item] = option
            room -= grown_by

    def _sum(self, picks: Sequence[int]) -> tuple[float, float]:
        size, loss = (
            sum(float(values[pick]) for values, pick in zip(given, picks, strict=True))
            for given in (self._sizes, self._losses)
        )
        return size, loss

    def _allocation(self, picks: Sequence[int]) -> Allocation:
        return Allocation(tuple(picks), *self._sum(picks))


def find_lower_hull(sizes: Array, losses: Array) -> list[int]:
    """Options from the smallest on, each of which gains less per byte than the one before."""
    hull: list[int] = []
    for option in np.lexsort((losses, sizes)):
        number = int(option)
        if hull and losses[number] >= losses[hull[-1]]:
            continue
        while len(hull) > 1 and _slope(sizes, losses, hull[-2], hull[-1]) >= _slope(sizes, losses, hull[-1], number):
            hull.pop()
        hull.append(number)
    return hull


def _slope(sizes: Array, losses: Array, left: int, right: int) -> float:
    """Loss that comes with a byte; negative, and towards zero along the hull."""
    return float((losses[right] - losses[left]) / (sizes[right] - sizes[left]))
