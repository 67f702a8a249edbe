"""Minimising a function of numbers between 0 and 1 that only answers, without derivatives.

The evolution strategy keeps one point. Each try changes every coordinate with a probability sampled from a power
law, so that mostly one is changed, and now and then many: the (1+1) algorithm of Doerr et al., "Fast genetic
algorithms", 2017, on numbers instead of bits. A try that is no worse is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import numpy as np

from openpot.typing_aliases import Array

Objective = Callable[[Array], float]
"""A point of shape ``(coordinates,)`` to its error; raises to end the search."""

POWER = 1.5
"""Exponent of the power law (Doerr et al.)."""
GRID = (0.0, 0.25, 0.5, 0.75, 1.0)


def evolve(error: Objective, start: Array, rng: np.random.Generator) -> None:
    """Try points near the best one until ``error`` raises.

    Args:
        error: is asked for ``start`` first.
        start: shape ``(coordinates,)``, each between 0 and 1.
        rng: source of the changes.
    """
    best, lowest = np.asarray(start, np.float64), error(start)
    rates = _compute_rates(best.size)
    while True:
        changed = rng.random(best.size) < rng.choice(best.size, p=rates) / best.size + 1 / best.size
        changed[rng.integers(best.size)] = True
        point = np.where(changed, rng.random(best.size), best)
        measured = error(point)
        if measured <= lowest:
            best, lowest = point, measured


def walk_grid(error: Objective, start: Array) -> None:
    """Try five places of each coordinate in turn, all others at their best, until ``error`` raises or nothing helps."""
    best, lowest = np.asarray(start, np.float64), error(start)
    for _ in count():
        before = lowest
        for place in range(best.size):
            for value in GRID:
                point = best.copy()
                point[place] = value
                if np.array_equal(point, best):
                    continue
                measured = error(point)
                if measured < lowest:
                    best, lowest = point, measured
        if lowest >= before:
            return


def _compute_rates(size: int) -> Array:
    """Probabilities that about ``k + 1`` of ``size`` coordinates change, for each ``k``."""
    weights = np.arange(1, size + 1, dtype=np.float64) ** -POWER
    return np.asarray(weights / weights.sum())
