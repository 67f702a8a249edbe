"""POT's ``data_loaders.utils``: image files of a folder, and one decoded image made ready for a model."""

from __future__ import annotations

import re

import numpy as np

from openpot.data.image_files import find_image_files
from openpot.data.image_folder import require_pillow
from openpot.data.image_preprocessing import ChannelOrder, ImageLayout, ImagePreprocessing
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
        MissingExtraError: Pillow is not installed.
    """
    require_pillow()
    from PIL import Image

    steps = ImagePreprocessing(
        layout=ImageLayout.from_text(re.sub("[^A-Za-z]", "", str(layout))),
        size=dst_shape,
        channel_order=ChannelOrder.GREY if grayscale else ChannelOrder.RGB,
        keeps_aspect_ratio=False,
        central_fraction=central_fraction,
    )
    return steps.apply(Image.fromarray(np.asarray(image)))
