"""Values that lie on a grid: those of 8-bit images, and what an affine map makes of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from openpot.numerics.fake_quantize import FakeQuantizeLimits
from openpot.typing_aliases import Array

MIN_DISTINCT = 32
"""With fewer values it is a set of labels or flags, and others may come."""
MAX_VALUES = 1 << 16
"""Of each array so many values are looked at, evenly spread."""
TOLERANCE = 1e-3
"""How far values may be off the grid, in steps: float32 arithmetic is off by less."""


@dataclass(frozen=True)
class ValueGrid:
    """The multiples of ``step`` from ``low`` to ``high`` times it; zero is among all multiples."""

    step: float
    low: int
    high: int

    def compute_limits(self, levels: int) -> FakeQuantizeLimits | None:
        """Limits whose levels are on the grid and hold all its values; None if there are too few levels.

        Where values of one sign are seen, the levels begin at zero, as pixels do; else they are those of signed
        integers if that holds the values, or lie evenly around them.
        """
        spare = levels - 1 - (self.high - self.low)
        if spare < 0:
            return None
        half = levels // 2
        if self.low >= 0 and self.high < levels:
            start = 0
        elif self.high <= 0 and self.low > -levels:
            start = 1 - levels
        elif -half <= self.low and self.high < levels - half:
            start = -half
        else:
            start = self.low - spare // 2
        ends = (np.float32(start * self.step), np.float32((start + levels - 1) * self.step))
        return FakeQuantizeLimits.from_range(np.asarray(ends[0]), np.asarray(ends[1]), levels)


def find_grid(arrays: Iterable[Array], levels: int) -> ValueGrid | None:
    """The grid on which all values of some arrays lie, zero as well; None if there is none of so many levels.

    Args:
        arrays: numbers, of any shapes.
        levels: of a quantizer.
    """
    values = np.zeros(0)
    for array in arrays:
        values = np.union1d(values, _sample(array))
        if not np.isfinite(values).all() or _count_apart(values) > levels:
            return None
    if _count_apart(values) < MIN_DISTINCT:
        return None
    gaps = np.diff(values)
    step = float(gaps[gaps > _estimate_noise(values)].min())
    for _ in range(2):  # the smallest gap carries the rounding of two values, all together carry next to none
        numbers = np.rint(values / step)
        if not numbers.any() or np.abs(numbers).max() > 2 * levels:
            return None
        step = float(values @ numbers / (numbers @ numbers))
    if np.abs(values / step - numbers).max() > TOLERANCE or numbers.max() - numbers.min() >= levels:
        return None
    return ValueGrid(step, int(numbers.min()), int(numbers.max()))


def _sample(array: Array) -> Array:
    values = np.ravel(array)
    return np.unique(values[:: -(-values.size // MAX_VALUES)] if values.size else values).astype(np.float64)


def _estimate_noise(ordered: Array) -> float:
    """Differences up to here come from rounding."""
    return float(np.abs(ordered).max(initial=0.0)) * 2.0**-20


def _count_apart(ordered: Array) -> int:
    """How many values there are that rounding does not explain."""
    return 1 + int((np.diff(ordered) > _estimate_noise(ordered)).sum()) if ordered.size else 0
