"""An image that a network made and the one it should have made, ready to be compared."""

from __future__ import annotations

from typing import Any

import numpy as np

from openpot.data.array_from import to_array
from openpot.errors import MetricError
from openpot.typing_aliases import Array


def pair_images(output: Array, annotation: Any, border: int, data_range: float, clips: bool) -> tuple[Array, Array]:
    """Both images as float64 of one shape ``(channels, height, width)`` or ``(height, width)``.

    Args:
        output: shape ``(1, ...)``.
        annotation: the same without the batch axis, or with it.
        border: pixels that are cut off on each side.
        data_range: values lie between 0 and this.
        clips: bring ``output`` into this range first, as writing an image file would.

    Raises:
        MetricError: shapes do not agree, or the border leaves nothing.
    """
    made, wanted = (np.asarray(array, np.float64) for array in (output, to_array(annotation)))
    made = made[0] if made.ndim > 2 and made.shape[0] == 1 else made
    wanted = wanted[0] if wanted.ndim > made.ndim and wanted.shape[0] == 1 else wanted
    if made.shape != wanted.shape or made.ndim < 2:
        raise MetricError(f"an output of shape {output.shape} and an image of shape {wanted.shape} cannot be compared")
    if border:
        made, wanted = (image[..., border:-border, border:-border] for image in (made, wanted))
    if not made.size:
        raise MetricError(f"a border of {border} pixels leaves nothing of an image of shape {wanted.shape}")
    return (np.clip(made, 0, data_range) if clips else made), wanted
