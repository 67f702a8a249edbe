"""The inputs of a convolution at single output positions, as rows of a matrix: what makes it a linear regression."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from openpot.numerics.window import Window
from openpot.typing_aliases import Array


def extract_patches(data: Array, kernel: Sequence[int], window: Window, groups: int, positions: Array) -> Array:
    """What the taps of a convolution read at some output positions; zeros outside the image.

    Args:
        data: shape ``(batch, channels, *spatial)``.
        kernel: taps along each spatial axis.
        window: strides, dilations and pads, none of them negative.
        groups: of the convolution.
        positions: numbers of output positions, counted over batch and spatial axes, the last axis fastest.

    Returns:
        Shape ``(groups, positions, channels of a group times taps)``, in the order of the weights of a filter.
    """
    spatial = data.shape[2:]
    outputs = window.compute_output_size(kernel, spatial)
    pads = [(0, 0), (0, 0), *zip(window.pads_begin, window.pads_end, strict=True)]
    padded = np.pad(data, pads) if any(pad != (0, 0) for pad in pads) else data
    batch, *places = np.unravel_index(positions, (data.shape[0], *outputs))
    rank = len(kernel)
    index: list[Array] = []
    for axis, place in enumerate(places):
        taps = np.arange(kernel[axis]) * window.dilations[axis]
        reads = place[:, None] * window.strides[axis] + taps
        index.append(reads.reshape([len(positions), *(-1 if other == axis else 1 for other in range(rank))]))
    moved = np.moveaxis(padded, 1, -1)
    patches = moved[(batch.reshape([-1] + [1] * rank), *index)]  # (positions, *kernel, channels)
    rows = np.moveaxis(patches, -1, 1).reshape(len(positions), groups, -1)
    return np.moveaxis(rows, 1, 0)
