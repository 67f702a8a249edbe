"""POT's ``data_loaders.utils``: image files of a folder, and one decoded image made ready for a model."""

from __future__ import annotations

import re

import numpy as np

from openpot.data.bilinear_resize import resize_bilinear
from openpot.data.image_files import find_image_files
from openpot.data.image_preprocessing import ImageLayout
from openpot.data.image_steps import crop_centre
from openpot.typing_aliases import Array, StrPath


def collect_img_files(data_source: StrPath) -> list[str]:
    """Paths of the images of a folder, a pattern with wildcards, or a ``.txt`` list, in the order of their names.

    Raises:
        MissingFileError: the source does not exist.
        DataError: no image is found.
    """
    return [str(path) for path in find_image_files(data_source)]


def prepare_image(
    image: Array,
    layout: object,
    dst_shape: tuple[int, int] | None = None,
    central_fraction: float | None = None,
    grayscale: bool = False,
) -> Array:
    """Crop, resize and lay out one decoded image; colours stay in their order.

    Args:
        image: pixels (uint8) of shape ``(height, width, 3)``, or ``(height, width)`` if ``grayscale``.
        layout: ``NCHW``, ``CHW``, ``NHWC`` or ``HWC``, as text or as ``openvino.Layout``.
        dst_shape: wanted height and width.
        central_fraction: share of height and width that is kept first.
        grayscale: the image has no axis of channels yet.

    Returns:
        An array of shape ``(channels, height, width)`` or ``(height, width, channels)``.

    Raises:
        ConfigError: another layout.
    """
    axes = ImageLayout.from_text(re.sub("[^A-Za-z]", "", str(layout)))
    pixels = np.asarray(image)
    if central_fraction:
        pixels = crop(pixels, central_fraction)
    if dst_shape:
        pixels = resize_bilinear(pixels, *dst_shape)
    return axes.from_hwc(pixels[..., np.newaxis] if grayscale and pixels.ndim == 2 else pixels)


def crop(image: Array, central_fraction: float) -> Array:
    """The middle of a decoded image of shape ``(height, width, ...)``; sizes are rounded down."""
    return crop_centre(np.asarray(image), central_fraction)
