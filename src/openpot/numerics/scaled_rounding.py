"""FakeQuantize as rounding to whole numbers between two scalings, so that its limits can be numbers of any origin.

``FakeQuantize(x)`` is ``step * round(clip(gain * (x - start), 0, levels - 1)) + low``; the rounding in the middle is
the same for all limits.
"""

from __future__ import annotations

from typing import NamedTuple

from openpot.numerics.fake_quantize import FakeQuantizeLimits


class ScaledRounding(NamedTuple):
    """The numbers of the formula."""

    start: float
    gain: float
    step: float
    low: float


SCALED_ROUNDING_TERMS: tuple[str, ...] = ScaledRounding._fields
"""Names of the numbers, in their order."""


def compute_scaled_rounding(limits: FakeQuantizeLimits) -> ScaledRounding:
    """The numbers for which the formula is FakeQuantize with these limits, one of each end."""
    start, high, low = (float(end.item()) for end in (limits.input_low, limits.input_high, limits.output_low))
    return ScaledRounding(start, (limits.levels - 1) / (high - start), float(limits.scale.item()), low)
