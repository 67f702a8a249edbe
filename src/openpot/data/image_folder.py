"""Image files as a data set (extra ``images``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from openpot.data.image_files import find_image_files
from openpot.data.image_preprocessing import ChannelOrder, ImageLayout, ImagePreprocessing, guess_preprocessing
from openpot.data.input_description import InputDescription
from openpot.data.loader import DataLoader
from openpot.errors import DataError, MissingExtraError
from openpot.typing_aliases import Array, StrPath

if TYPE_CHECKING:
    from PIL.Image import Image

_FORMATS = ("AVIF", "BMP", "DIB", "GIF", "JPEG", "JPEG2000", "PNG", "PPM", "TGA", "TIFF", "WEBP")
"""What may be decoded: plain images, no format that runs another program (EPS) or holds code."""


class ImageLoader(DataLoader):
    """Reads the images of a folder, a pattern or a list; sample = (array, None, {path, size}).

    Args:
        config: ``data_source`` (see :func:`find_image_files`), and for POT's sake ``layout`` and ``central_fraction``.
        preprocessing: what is done with each image; default: POT's simplified mode without resizing.
    """

    def __init__(self, config: Mapping[str, Any], preprocessing: ImagePreprocessing | None = None) -> None:
        super().__init__(config)
        require_pillow()
        self.files = find_image_files(self.config["data_source"])
        self.preprocessing = preprocessing or make_simplified_preprocessing(
            self.config.get("layout"), self.config.get("central_fraction")
        )

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, index: int) -> tuple[Array, None, dict[str, Any]]:
        path = self.files[index]
        image = read_image(path)
        metadata = {"path": str(path), "size": (image.height, image.width)}
        return self.preprocessing.apply(image), None, metadata


def open_image_folder(source: StrPath, inputs: Sequence[InputDescription], **choices: Any) -> ImageLoader:
    """Images as data for a model, pre-processed as its input suggests.

    Args:
        source: a folder, a pattern, a ``.txt`` list or an image.
        inputs: the model's inputs: one image, at most with the image's size as a second input.
        **choices: attributes of :class:`ImagePreprocessing` that are not to be guessed.

    Returns:
        A loader whose ``preprocessing`` should be shown to the user.

    Raises:
        DataError: the model does not take images, or there are none.
    """
    return ImageLoader({"data_source": str(source)}, guess_preprocessing(find_image_input(inputs), **choices))


def find_image_input(inputs: Sequence[InputDescription]) -> InputDescription:
    """The only image input of a model; the image's size may be a second input.

    Raises:
        DataError: the model takes something else.
    """
    images = [given for given in inputs if given.rank in (3, 4)]
    if len(images) == 1 and len(inputs) <= 2:
        return images[0]
    names = ", ".join(repr(given.name) for given in inputs)
    raise DataError(f"images feed a model with one image input; this one has the inputs {names or 'none'}")


def make_simplified_preprocessing(
    layout: str | None = None, central_fraction: float | None = None
) -> ImagePreprocessing:
    """What POT's simplified mode did with an image: pixels 0..255 in BGR, stretched, no normalisation.

    The size is left open: :func:`dataclasses.replace` it by that of the input.
    """
    return ImagePreprocessing(
        layout=ImageLayout.from_text(layout or "NCHW"),
        channel_order=ChannelOrder.BGR,
        keeps_aspect_ratio=False,
        central_fraction=central_fraction,
        is_resized_as_pot=True,
    )


def read_image(path: Path) -> Image:
    """The decoded image, turned as its orientation tag says, in 8 bits.

    Raises:
        DataError: the file is no image of a supported format.
    """
    require_pillow()
    from PIL import Image, ImageOps

    try:
        with Image.open(path, formats=_FORMATS) as opened:
            image = ImageOps.exif_transpose(opened)
            image.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise DataError(f"the image {path} cannot be read: {error}") from error
    if image.mode.startswith("I"):  # 16 bits of grey: conversion would clip instead of scale
        return Image.fromarray((np.asarray(image).astype(np.uint32) >> 8).clip(0, 255).astype(np.uint8))
    return image


def require_pillow() -> None:
    """Check that Pillow is there.

    Raises:
        MissingExtraError: it is not.
    """
    try:
        import PIL  # noqa: F401
    except ImportError as error:
        raise MissingExtraError(
            "reading images needs Pillow, which is not installed: pip install openpot[images]"
        ) from error
