"""FakeQuantize as rounding to whole numbers between two scalings, so that its limits can be numbers of any origin.

``FakeQuantize(x)`` is ``step * round(clip(gain * (x - start), 0, levels - 1)) + low``; the rounding in the middle is
the same for all limits.
"""

from __future__ import annotations

import numpy as np

from openpot.numerics.fake_quantize import FakeQuantizeLimits
from openpot.typing_aliases import FloatArray

SHARE, START, GAIN, STEP, LOW = PARTS = ("share", "start", "gain", "step", "low")
"""What a vector of :func:`scaled_rounding` holds, in this order: the share of ``x`` that is added (a single number),
then a number for each limit of the four others."""


def scaled_rounding(limits: FakeQuantizeLimits, shape: tuple[int, ...]) -> FloatArray:
    """The vector for which ``share * x + step * round(gain * (x - start)) + low`` is FakeQuantize with these limits.

    Args:
        limits: limits that broadcast to ``shape``.
        shape: shape of the limits in the graph.

    Returns:
        float32, ``1 + 4 * size`` numbers for a shape of that size; the share is 0.
    """
    low, high, output_low = (
        np.broadcast_to(end, shape).astype(np.float64).ravel()
        for end in (limits.input_low, limits.input_high, limits.output_low)
    )
    gain = (limits.levels - 1) / (high - low)
    step = np.broadcast_to(limits.scale, shape).ravel()
    return np.concatenate([[0.0], low, gain, step, output_low]).astype(np.float32)


def no_rounding(shape: tuple[int, ...]) -> FloatArray:
    """The vector that leaves ``x`` as it is: a share of 1 and nothing else."""
    return np.concatenate([[1.0], np.zeros(4 * int(np.prod(shape)))]).astype(np.float32)
