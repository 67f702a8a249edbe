"""Observed minimum and maximum to the limits of a quantizer, so that zero is one of the levels.

Zero must be exact: padding and the silent side of a ReLU are zeros, and an error there shifts the whole layer.

*Symmetric*: ``[-M, M]`` for an odd number of levels and ``[-M * levels / (levels - 2), M]`` for an even one, which has
one negative level more (256/254 for 8 bits); non-negative activations get ``[0, M]``. *Asymmetric*: the range is
stretched to hold zero, and one end is moved so that the zero point is an integer.

POT raised every magnitude to 8e-5 at least and to 1 % of the largest channel, and widened ranges under 8e-4; that
destroys tensors of small numbers and small filters. Here floors are relative to the largest channel, by an amount that
only keeps scales sane (weights are known exactly, so theirs is smaller). ``pot_exact`` brings POT's rules back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from openpot.errors import ConfigError, DataError
from openpot.scheme import QuantizationMode
from openpot.typing_aliases import Array

WEIGHTS_FLOOR = 1e-5
ACTIVATIONS_FLOOR = 1e-3
"""Smallest range of a channel, relative to the widest channel of the same tensor."""

SMALLEST_RANGE = 1e-12
"""Below it nothing is distinguished from zero: the product of two scales stays far from denormal numbers."""

RANGE_OF_ZEROS = 1.0
"""Range of a tensor that is zero throughout: its scale is arbitrary, and 1 clips later surprises least."""

POT_SYMMETRIC_FLOOR, POT_SYMMETRIC_SHARE = 8e-5, 0.01
POT_ASYMMETRIC_FLOOR = 8e-4


@dataclass(frozen=True)
class RangeRule:
    """How an observed range becomes limits; the one thing that callers need from this module.

    Attributes:
        levels: number of levels of the quantizer.
        mode: symmetric or asymmetric.
        is_weights: whether the range is that of constants.
        signed: None lets the data decide whether symmetric activations are non-negative; True keeps both signs.
        clip_low: lowest value that the range may reach, before it is aligned with zero again.
        clip_high: highest value that it may reach, likewise.
        unified_zero_point: all channels share one zero point (asymmetric only).
        pot_exact: POT's floors and choice of the zero point.
    """

    levels: int
    mode: QuantizationMode
    is_weights: bool = False
    signed: bool | None = None
    clip_low: float | None = None
    clip_high: float | None = None
    unified_zero_point: bool = False
    pot_exact: bool = False

    def __call__(self, min_value: Array | None, max_value: Array) -> tuple[Array, Array]:
        """Limits for an observed range.

        Args:
            min_value: shape ``()`` or ``(channels,)``; in symmetric mode only its sign counts, and None stands for
                negative.
            max_value: the same shape; in symmetric mode the largest magnitude.

        Returns:
            Low and high limits (float64) in the broadcast shape; low <= 0 <= high, low < high.

        Raises:
            DataError: a value is not finite.
            ConfigError: nothing is left of the range after clipping.
        """
        high = _require_finite("maximum", max_value)
        low = _require_finite("minimum", -np.abs(high) if min_value is None else min_value)
        low, high = clip_range(low, high, self.clip_low, self.clip_high)
        if self.mode == QuantizationMode.ASYMMETRIC:
            low, high = floor_range(low, high, self.is_weights, self.pot_exact)
            return align_range(low, high, self.levels, self.unified_zero_point, self.pot_exact)
        return self._make_symmetric(low, high)

    def _make_symmetric(self, low: Array, high: Array) -> tuple[Array, Array]:
        if self.clip_high is not None and self.clip_high <= 0:
            raise ConfigError(f"a symmetric range needs a positive end, given clipping_value {self.clip_high} for max")
        # An estimator of type max gives a negative end for a tensor that is negative throughout.
        magnitude = np.where(high < 0, -low, high)
        if not self.is_weights and not self.signed and bool(np.all(low >= 0)):
            magnitude = floor_magnitude(magnitude, self.is_weights, self.pot_exact)
            return np.zeros_like(magnitude), magnitude
        ratio = compute_negative_ratio(self.levels)
        if self.clip_low is not None and self.clip_low < 0:
            magnitude = np.minimum(magnitude, -self.clip_low / ratio)
        magnitude = floor_magnitude(magnitude, self.is_weights, self.pot_exact)
        return np.asarray(-ratio * magnitude), magnitude


def compute_negative_ratio(levels: int) -> float:
    """How far a signed symmetric range reaches below zero for each unit above, such that zero is a level.

    Raises:
        ConfigError: fewer than three levels hold no two signs and a zero.
    """
    if levels < 3:
        raise ConfigError(f"a signed symmetric range needs at least 3 levels, given {levels}")
    return 1.0 if levels % 2 else levels / (levels - 2)


def clip_range(low: Array, high: Array, clip_low: float | None, clip_high: float | None) -> tuple[Array, Array]:
    """The range cut to ``clip_low..clip_high``; it is to be aligned with zero afterwards, not before."""
    if clip_low is not None and clip_high is not None and clip_low >= clip_high:
        raise ConfigError(f"clipping_value of min ({clip_low}) must lie below that of max ({clip_high})")
    low = low if clip_low is None else np.asarray(np.maximum(low, clip_low))
    high = high if clip_high is None else np.asarray(np.minimum(high, clip_high))
    return low, high


def floor_magnitude(magnitude: Array, is_weights: bool, pot_exact: bool = False) -> Array:
    """Magnitudes of shape ``()`` or ``(channels,)`` raised to where a scale can be made of them."""
    largest = float(np.max(magnitude))
    pot_floor = max(POT_SYMMETRIC_FLOOR, POT_SYMMETRIC_SHARE * largest)
    return np.asarray(np.maximum(magnitude, pot_floor if pot_exact else _find_floor(largest, is_weights)))


def floor_range(low: Array, high: Array, is_weights: bool, pot_exact: bool = False) -> tuple[Array, Array]:
    """Ranges of shape ``()`` or ``(channels,)`` that hold zero, stretched to where a scale can be made of them.

    A channel that is too narrow is stretched in proportion, so that a one-sided one stays one-sided.
    """
    if pot_exact:
        widening = np.where(high - low <= POT_ASYMMETRIC_FLOOR, POT_ASYMMETRIC_FLOOR, 0.0)
        return np.minimum(low - widening, 0.0), np.maximum(high + widening, 0.0)
    low, high = np.minimum(low, 0.0), np.maximum(high, 0.0)
    width = high - low
    floor = _find_floor(float(np.max(width)), is_weights)
    stretch = np.where(width > 0, np.maximum(1.0, floor / np.where(width > 0, width, 1.0)), 1.0)
    return low * stretch, np.where(width > 0, high * stretch, floor)


def align_range(
    low: Array, high: Array, levels: int, unified_zero_point: bool = False, pot_exact: bool = False
) -> tuple[Array, Array]:
    """Move one end of every range outwards so that zero is a level.

    Of the two integers around the fractional zero point the one is taken that needs the smaller step; if these are
    equal, the nearer one, half to even. POT always took the nearer one, which makes the step of a range with a short
    tail up to half as large again. Only an end nearer to zero than half a step is moved inwards, onto zero: that costs
    less than the rounding does.

    Args:
        low: shape ``()`` or ``(channels,)``, at most 0.
        high: the same shape, at least 0, ``low < high``.
        levels: number of levels.
        unified_zero_point: one zero point for all channels, the mean of their own.
        pot_exact: the nearer zero point.
    """
    last = levels - 1
    exact = -low * last / (high - low)
    zero_point = np.rint(exact)
    if unified_zero_point:
        # A channel with two signs needs a level on both sides of zero.
        lowest, highest = int(np.any(zero_point > 0)), last - int(np.any(zero_point < last))
        zero_point = np.clip(np.full_like(exact, np.rint(exact.mean())), lowest, highest)
    elif not pot_exact:
        other = np.where(zero_point < exact, zero_point + 1, zero_point - 1)
        two_sided = (np.minimum(zero_point, other) > 0) & (np.maximum(zero_point, other) < last)
        finer = _find_covering_step(low, high, other, last) < _find_covering_step(low, high, zero_point, last) * (
            1 - 1e-9
        )
        zero_point = np.where(two_sided & finer, other, zero_point)
    step = _find_covering_step(low, high, zero_point, last)
    return _move(low, -zero_point * step), _move(high, (last - zero_point) * step)


def join_ranges(min_values: Sequence[Array], max_values: Sequence[Array]) -> tuple[Array, Array]:
    """One observed range for quantizers that must share their limits: apply a :class:`RangeRule` to it afterwards.

    Ranges of one shape are joined channel by channel, others as a whole.

    Args:
        min_values: one array of shape ``()`` or ``(channels,)`` for each member.
        max_values: likewise.
    """
    arrays = [np.asarray(value, np.float64) for value in (*min_values, *max_values)]
    if len({array.shape for array in arrays}) > 1:
        lowest, highest = min(map(np.min, min_values)), max(map(np.max, max_values))
        return np.asarray(lowest, np.float64), np.asarray(highest, np.float64)
    count = len(min_values)
    return np.minimum.reduce(arrays[:count]), np.maximum.reduce(arrays[count:])


def _find_covering_step(low: Array, high: Array, zero_point: Array, last: int) -> Array:
    """Smallest step with which levels ``0..last`` reach both ends; an end without levels is left out."""
    below, above = zero_point, last - zero_point
    for_low = np.divide(-low, below, out=np.zeros_like(zero_point), where=below > 0)
    for_high = np.divide(high, above, out=np.zeros_like(zero_point), where=above > 0)
    return np.asarray(np.maximum(for_low, for_high))


def _move(end: Array, target: Array) -> Array:
    """``target``, or ``end`` itself where both agree up to rounding: an end that fits already keeps its bits."""
    return np.asarray(np.where(np.isclose(end, target, rtol=1e-12, atol=0.0), end, target) + 0.0)  # no negative zero


def _find_floor(largest: float, is_weights: bool) -> float:
    if largest <= 0:
        return RANGE_OF_ZEROS
    return max(SMALLEST_RANGE, largest * (WEIGHTS_FLOOR if is_weights else ACTIVATIONS_FLOOR))


def _require_finite(name: str, value: Array) -> Array:
    array = np.asarray(value, np.float64)
    if not np.isfinite(array).all():
        count = int((~np.isfinite(array)).sum())
        raise DataError(f"the observed {name} of a tensor must be finite, given {count} of {array.size} that are not")
    return array
