"""Weights that are small enough for sums of 8-bit products not to saturate.

*Halved weights* have 7 effective bits. On x86 processors without VNNI two products of an unsigned and a signed byte are
added in 16 bits, which overflows for large weights. Limits twice as wide use half the levels, and the layer computes
what it did before, at half the resolution of its weights.

*Pair-bounded weights*: the two products that are added belong to neighbouring input channels, beginning with the first.
The inputs are unsigned (signed ones are shifted), so a filter cannot overflow if in each pair the positive integers sum
up to 128 at most, and the negative ones too: 255 * 128 fits. Large weights are rarely neighbours, so such a scale is
usually much finer than half.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from openpot.typing_aliases import Array

SATURATION_FACTOR = 2.0
"""By how much limits are wider so that weights use half the levels."""

LARGEST_INTEGER = 127
"""Largest weight as an integer; rounding two neighbours whose sum has this size gives 128 at most, which is allowed."""


def compute_pair_magnitude(weights: Array, axis: int, channel_axes: Sequence[int]) -> Array:
    """What the scale of each filter has to cover so that no pair of its products overflows.

    With this magnitude at integer 127, the positive (and likewise the negative) weights of every pair sum up to 128 at
    most. With an odd number of input channels, above one, some kernels pair across the taps of a filter: any two
    weights of the filter may then be neighbours.

    Args:
        weights: any shape.
        axis: the axis of input channels.
        channel_axes: the axes with a scale of their own.

    Returns:
        Shape ``(channels,)``, the channel axes in their order; at least the largest magnitude of each filter.
    """
    signs = np.stack([np.maximum(weights, 0), np.maximum(-weights, 0)])
    channel_axes = [position % weights.ndim for position in channel_axes]
    if weights.shape[axis] == 1:
        rows = _to_rows(signs, channel_axes)
        return np.asarray(rows.max(axis=(0, 2)))
    if weights.shape[axis] % 2:
        rows = _to_rows(signs, channel_axes)
        count = min(2, rows.shape[2])
        return np.asarray(np.partition(rows, -count, axis=2)[:, :, -count:].sum(axis=2).max(axis=0))
    along = np.moveaxis(signs, axis + 1, -1)
    pairs = np.moveaxis(along[..., 0::2] + along[..., 1::2], -1, axis + 1)
    return np.asarray(_to_rows(pairs, channel_axes).max(axis=(0, 2)))


def _to_rows(signs: Array, channel_axes: Sequence[int]) -> Array:
    """Shape ``(2, channels, rest)``."""
    moved = np.moveaxis(signs, [axis + 1 for axis in channel_axes], range(1, len(channel_axes) + 1))
    channels = int(np.prod(moved.shape[1 : len(channel_axes) + 1]))
    return np.asarray(moved.reshape(2, channels, -1))
