"""How an image becomes the input of a model: a record that can be shown, and its guess from the input alone.

The guess follows the habits of the trades: channels first came from PyTorch, whose classifiers take RGB normalised by
the mean and deviation of ImageNet; channels last came from TensorFlow, whose classifiers take RGB from -1 to 1. An
8-bit input takes pixels as they are. A guess may be wrong, so ``guessed`` names what was guessed and whoever uses it
shows the record to the user.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np

from openpot.data.input_description import InputDescription, shape_text
from openpot.errors import ConfigError, DataError, nearest_name_hint
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from PIL.Image import Image

IMAGENET_MEAN = (123.675, 116.28, 103.53)
IMAGENET_SCALE = (58.395, 57.12, 57.375)


class ImageLayout(StrEnum):
    """Order of the axes of one image; POT's four-letter names include the batch axis."""

    CHW = "CHW"
    HWC = "HWC"
    CWH = "CWH"

    @classmethod
    def from_text(cls, text: str) -> ImageLayout:
        """``NCHW``, ``CHW``, ``NHWC``, ``HWC``, ``NCWH`` or ``CWH`` in any case.

        Raises:
            ConfigError: another layout.
        """
        name = text.upper().removeprefix("N")
        if name not in list(cls):
            raise ConfigError(f"the image layout {text!r} is not supported; expected NCHW, CHW, NHWC, HWC, NCWH or CWH")
        return cls(name)

    def sizes_of(self, axes: tuple[int | None, ...]) -> tuple[int | None, int | None, int | None]:
        """(channels, height, width) of three axes in this order."""
        by_letter = dict(zip(self, axes, strict=True))
        return by_letter["C"], by_letter["H"], by_letter["W"]

    def from_hwc(self, pixels: Array) -> Array:
        """An image of shape (height, width, channels) in this order, as one block of memory."""
        return np.ascontiguousarray(pixels.transpose(["HWC".index(letter) for letter in self]))


class ChannelOrder(StrEnum):
    """Order of the colours, or one channel of grey."""

    RGB = "RGB"
    BGR = "BGR"
    GREY = "grey"

    @classmethod
    def from_text(cls, text: str) -> ChannelOrder:
        """``RGB``, ``BGR`` or ``grey`` in any case.

        Raises:
            ConfigError: another order.
        """
        by_name = {str(order).lower(): order for order in cls}
        if text.lower() not in by_name:
            raise ConfigError(f"the channel order {text!r} does not exist; {nearest_name_hint(text, map(str, cls))}")
        return by_name[text.lower()]


@dataclass(frozen=True)
class ImagePreprocessing:
    """Steps from an image file to an array: crop, resize, colours, ``(pixel - mean) / scale``, layout.

    Attributes:
        layout: order of the axes of the result.
        size: (height, width) in pixels; None keeps the size of each image.
        channel_order: colours of the result.
        mean: subtracted from pixels in 0..255, one value for each channel; empty for none.
        scale: divides what remains; empty for none.
        keeps_aspect_ratio: cut the image around its centre to the proportions of ``size``; else it is stretched.
        central_fraction: share of height and width that is kept before everything else; None for all.
        guessed: names of the attributes that were guessed.
    """

    layout: ImageLayout
    size: tuple[int, int] | None = None
    channel_order: ChannelOrder = ChannelOrder.RGB
    mean: tuple[float, ...] = ()
    scale: tuple[float, ...] = ()
    keeps_aspect_ratio: bool = True
    central_fraction: float | None = None
    guessed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        channels = 1 if self.channel_order == ChannelOrder.GREY else 3
        for name, values in (("mean", self.mean), ("scale", self.scale)):
            if len(values) not in (0, channels):
                raise ConfigError(f"{name} needs {channels} values for {self.channel_order} images, got {values}")
        if 0 in self.scale:
            raise ConfigError(f"scale must not hold 0, got {self.scale}")
        if self.central_fraction is not None and not 0 < self.central_fraction <= 1:
            raise ConfigError(f"central_fraction must be above 0 and at most 1, got {self.central_fraction}")

    def __str__(self) -> str:
        height_and_width = "size of each image" if self.size is None else f"{self.size[0]}x{self.size[1]}"
        fit = "cut to its proportions" if self.keeps_aspect_ratio else "stretched"
        values = "pixels 0..255"
        if self.mean or self.scale:
            values = f"(pixel - {list(self.mean) or 0}) / {list(self.scale) or 1}"
        steps = [f"layout {self.layout}", str(self.channel_order), height_and_width, values]
        if self.size is not None:
            steps[2] += f", {fit}"
        if self.central_fraction is not None:
            steps.insert(0, f"central {self.central_fraction:.0%}")
        note = f" (guessed: {', '.join(self.guessed)})" if self.guessed else ""
        return "; ".join(steps) + note

    def with_choices(self, **choices: Any) -> ImagePreprocessing:
        """The record with some attributes chosen by the user, which are no longer guesses."""
        return replace(self, **choices, guessed=tuple(name for name in self.guessed if name not in choices))

    def apply(self, image: Image) -> Array:
        """The array of one image, its axes in the order of ``layout``.

        ``uint8`` where neither mean nor scale is given, else ``float32``.
        """
        image = image.convert("L" if self.channel_order == ChannelOrder.GREY else "RGB")
        if self.central_fraction is not None:
            image = image.crop(_central_box(image.size, self.central_fraction, self.central_fraction))
        if self.size is not None:
            height, width = self.size
            box = _box_of_proportions(image.size, width / height) if self.keeps_aspect_ratio else None
            image = image.resize((width, height), resample=2, box=box)  # 2 is bilinear
        pixels = np.asarray(image)
        pixels = pixels[..., np.newaxis] if pixels.ndim == 2 else pixels
        if self.channel_order == ChannelOrder.BGR:
            pixels = pixels[..., ::-1]
        if self.mean or self.scale:
            mean, scale = np.asarray(self.mean or 0, np.float32), np.asarray(self.scale or 1, np.float32)
            pixels = (pixels.astype(np.float32) - mean) / scale
        return self.layout.from_hwc(pixels)


def guess_preprocessing(description: InputDescription, **choices: Any) -> ImagePreprocessing:
    """The likely pre-processing for an input, with what the user chose laid over it.

    Args:
        description: an input of rank 4 (or 3, without batch axis).
        **choices: attributes of :class:`ImagePreprocessing`.

    Raises:
        DataError: the input does not look like an image.
    """
    shape = description.shape
    if shape is None or len(shape) not in (3, 4):
        raise DataError(
            f"input {description.name!r} with shape {shape_text(shape)} does not take images: expected 3 or 4 axes"
        )
    sizes = shape[-3:]
    layout = choices.get("layout") or _layout_of(sizes, description)
    channels, height, width = ImageLayout(layout).sizes_of(sizes)
    guess = ImagePreprocessing(
        layout=layout,
        size=None if height is None or width is None else (height, width),
        channel_order=ChannelOrder.GREY if channels == 1 else ChannelOrder.RGB,
        guessed=("layout", "channel_order", "keeps_aspect_ratio"),
    )
    if description.is_float and not {"mean", "scale"} & set(choices):
        mean, scale = _habitual_normalisation(layout, channels)
        guess = replace(guess, mean=mean, scale=scale, guessed=(*guess.guessed, "mean", "scale"))
    return guess.with_choices(**choices)


def _layout_of(sizes: tuple[int | None, ...], description: InputDescription) -> ImageLayout:
    if sizes[0] in (1, 3):
        return ImageLayout.CHW
    if sizes[2] in (1, 3):
        return ImageLayout.HWC
    raise DataError(
        f"input {description.name!r} with shape {shape_text(description.shape)}: no axis has 1 or 3 channels, so the "
        "layout cannot be guessed: say NCHW or NHWC"
    )


def _habitual_normalisation(layout: ImageLayout, channels: int | None) -> tuple[tuple[float, ...], tuple[float, ...]]:
    if channels == 1:
        return (0.0,), (255.0,)
    if layout != ImageLayout.HWC:
        return IMAGENET_MEAN, IMAGENET_SCALE
    return (127.5,) * 3, (127.5,) * 3


def _central_box(size: tuple[int, int], share_of_width: float, share_of_height: float) -> tuple[int, int, int, int]:
    width, height = size
    kept_width, kept_height = max(1, round(width * share_of_width)), max(1, round(height * share_of_height))
    left, top = (width - kept_width) // 2, (height - kept_height) // 2
    return left, top, left + kept_width, top + kept_height


def _box_of_proportions(size: tuple[int, int], proportion: float) -> tuple[int, int, int, int]:
    """The largest central box whose width is ``proportion`` times its height."""
    width, height = size
    return _central_box(size, min(1.0, proportion * height / width), min(1.0, width / (proportion * height)))
