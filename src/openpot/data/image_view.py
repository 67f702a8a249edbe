"""One image as the network will see it, written as a file that people can look at."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from openpot.data.image_folder import ImageLoader, require_pillow
from openpot.errors import NotWritableError


def write_view(loader: ImageLoader, path: Path, number: int = 0) -> str:
    """Write an image after cropping, resizing and changing its colours; what is seen can be told from its values.

    Args:
        loader: the images.
        path: of the PNG file.
        number: of the image.

    Returns:
        A sentence about it: the file it was, its size, and the values that the network gets.

    Raises:
        DataError: the image cannot be read.
        NotWritableError: the file cannot be written.
    """
    require_pillow()
    from PIL import Image

    array, _, metadata = loader[number]
    pixels = loader.preprocessing.restore_pixels(array)
    image = Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels)
    try:
        image.save(path, format="PNG")
    except OSError as error:
        raise NotWritableError(f"cannot write {str(path)!r}: {error.strerror or error}") from error
    height, width = metadata["size"]
    values = array.astype(np.float64)
    return (
        f"{path}: {metadata['path']} ({width}x{height} pixels) as the network sees it, {image.width}x{image.height} "
        f"pixels; its values go from {values.min():.4g} to {values.max():.4g}, with mean {values.mean():.4g} and "
        f"deviation {values.std():.4g}"
    )
