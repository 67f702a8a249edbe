"""Bilinear resizing as POT's image loader did it, to the same integers: OpenCV's ``cv.resize`` of 8-bit pixels.

Half-pixel centres, two neighbours along each axis and no smoothing before an image is made smaller; weights and sums in
fixed point. Halving both axes is an average of four pixels there, too.
"""

from __future__ import annotations

import numpy as np

from openpot.typing_aliases import Array

_BITS = 11
"""Bits behind the point of a weight."""


def resize_bilinear(pixels: Array, height: int, width: int) -> Array:
    """Stretch an image to ``(height, width)``.

    Args:
        pixels: uint8, shape ``(rows, columns)`` or ``(rows, columns, channels)``.
        height: rows of the result, at least 1.
        width: columns of the result, at least 1.
    """
    rows, columns = pixels.shape[:2]
    if (rows, columns) == (height, width):
        return pixels
    values = pixels.reshape(rows, columns, -1).astype(np.int64)
    if (rows, columns) == (2 * height, 2 * width):
        resized = (values[::2, ::2] + values[::2, 1::2] + values[1::2, ::2] + values[1::2, 1::2] + 2) >> 2
    else:
        resized = _resize_rows(_resize_columns(values, width), height)
    return resized.astype(np.uint8).reshape(height, width, *pixels.shape[2:])


def _resize_columns(values: Array, width: int) -> Array:
    """Sums of two columns with weights of ``_BITS`` bits; beyond the first and last one there is only that."""
    columns = values.shape[1]
    left, share = _positions(columns, width)
    share = np.where((left < 0) | (left >= columns - 1), np.float32(0), share)
    left = left.clip(0, columns - 1)
    low, high = _weights(share)
    right = np.minimum(left + 1, columns - 1)
    return np.asarray(values[:, left] * low[:, None] + values[:, right] * high[:, None])


def _resize_rows(sums: Array, height: int) -> Array:
    """Sums of two rows, rounded to integers as OpenCV rounds them."""
    above, share = _positions(len(sums), height)
    low, high = (weight[:, None, None] for weight in _weights(share))
    upper, lower = (sums[row.clip(0, len(sums) - 1)] >> 4 for row in (above, above + 1))
    return np.asarray(((low * upper >> 16) + (high * lower >> 16) + 2) >> 2)


def _positions(source: int, wanted: int) -> tuple[Array, Array]:
    """For each wanted pixel the one of the source before its centre, and how far beyond that it lies (0..1)."""
    places = ((np.arange(wanted) + 0.5) * (source / wanted) - 0.5).astype(np.float32)
    before = np.floor(places)
    return before.astype(np.int64), places - before


def _weights(share: Array) -> tuple[Array, Array]:
    """Weights of the pixel before and of the one behind, in fixed point."""
    unit = np.float32(1 << _BITS)
    return np.rint((np.float32(1) - share) * unit).astype(np.int64), np.rint(share * unit).astype(np.int64)
