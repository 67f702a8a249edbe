"""The FakeQuantize operation on arrays: its four limits with their invariants, and a reference of what it computes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from openpot.errors import ModelError
from openpot.numerics.levels import MAX_BITS
from openpot.typing_aliases import Array

_LIMITS = ("input_low", "input_high", "output_low", "output_high")


@dataclass(frozen=True, eq=False)
class FakeQuantizeLimits:
    """The limits of one FakeQuantize as float32 arrays that broadcast with the tensor, and its number of levels.

    Invariants: all finite, ``input_low < input_high``, ``output_low < output_high``, no step smaller than float32 can
    tell apart, ``2 <= levels <= 2**32``.

    Raises:
        ModelError: an invariant does not hold.
    """

    input_low: Array
    input_high: Array
    output_low: Array
    output_high: Array
    levels: int

    def __post_init__(self) -> None:
        for name in _LIMITS:
            object.__setattr__(self, name, np.array(getattr(self, name), np.float32))
            values = getattr(self, name)
            values.flags.writeable = False
            if not np.isfinite(values).all():
                raise ModelError(f"FakeQuantize {name} must be finite, given {_shorten(values)}")
        if not 2 <= self.levels <= 2**MAX_BITS:
            raise ModelError(f"FakeQuantize levels must lie in 2..2**{MAX_BITS}, given {self.levels}")
        self._check_width("input", self.input_low, self.input_high)
        self._check_width("output", self.output_low, self.output_high)

    def _check_width(self, side: str, low: Array, high: Array) -> None:
        # The quotient must be a normal number, because devices flush smaller ones to zero and then divide by it.
        too_narrow = (high.astype(np.float64) - low) / (self.levels - 1) < np.finfo(np.float32).tiny
        if too_narrow.any():
            raise ModelError(
                f"FakeQuantize {side}_low must lie below {side}_high by more than a rounding error in "
                f"{int(too_narrow.sum())} of {too_narrow.size} places, given {_shorten(low)} and {_shorten(high)}"
            )

    @classmethod
    def from_range(cls, low: Array, high: Array, levels: int) -> FakeQuantizeLimits:
        """Limits whose output range equals the input range, both broadcastable with the tensor."""
        return cls(low, high, low, high, levels)

    @property
    def scale(self) -> Array:
        """Distance of two neighbouring output values, in the shape of the output limits (float64)."""
        return np.asarray((self.output_high.astype(np.float64) - self.output_low) / (self.levels - 1))

    def equals(self, other: FakeQuantizeLimits) -> bool:
        """Whether both have the same levels and the same limits, bit for bit and in the same shapes."""
        return self.levels == other.levels and all(
            np.array_equal(getattr(self, name), getattr(other, name)) for name in _LIMITS
        )


def fake_quantize(x: Array, limits: FakeQuantizeLimits) -> Array:
    """What FakeQuantize gives for ``x``: clip, round half to even to one of the levels, map to the output range.

    Args:
        x: any shape with which the limits broadcast.
        limits: limits and levels.

    Returns:
        float32 in the broadcast shape; computed in float64, so it can differ from a device by one rounding.
    """
    low, high = limits.input_low.astype(np.float64), limits.input_high.astype(np.float64)
    steps = limits.levels - 1
    level = np.rint((np.clip(x, low, high) - low) / (high - low) * steps)
    output_low = limits.output_low.astype(np.float64)
    return np.asarray(level / steps * (limits.output_high - output_low) + output_low, np.float32)


def _shorten(values: Array) -> str:
    return np.array2string(values.ravel()[:4], precision=6) + ("..." if values.size > 4 else "")
