"""The steps from an image to the input of a model, as a record that can be shown and applied."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np

from openpot.data.bilinear_resize import resize_bilinear
from openpot.errors import ConfigError, suggest_nearest_name
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from PIL.Image import Image

_BILINEAR = 2
"""Pillow's number for it."""


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

    def read_sizes(self, axes: tuple[int | None, ...]) -> tuple[int | None, int | None, int | None]:
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
            raise ConfigError(f"the channel order {text!r} does not exist; {suggest_nearest_name(text, map(str, cls))}")
        return by_name[text.lower()]


class Padding(StrEnum):
    """Where an image that keeps its proportions is filled up to the size of the input; ``NONE``: it is cut instead."""

    NONE = "none"
    END = "end"
    BOTH = "both"


@dataclass(frozen=True)
class ImagePreprocessing:
    """Steps from an image file to an array: crop, resize, colours, ``(pixel - mean) / scale``, layout.

    Attributes:
        layout: order of the axes of the result.
        size: (height, width) in pixels; None keeps the size of each image.
        channel_order: colours of the result.
        mean: subtracted from pixels in 0..255, one value for each channel; empty for none.
        scale: divides what remains; empty for none.
        keeps_aspect_ratio: cut the image around its centre to the proportions of ``size``, or fill it up to them; else
            it is stretched.
        padding: where it is filled up: to the right and below, or on both sides.
        pad_value: with this value, in 0..255.
        central_fraction: share of height and width that is kept before everything else; None for all.
        is_resized_as_pot: crop and resize to POT's pixels: two neighbours along each axis, without smoothing.
        guessed: names of the attributes that were guessed.
        stated: names of the attributes that the model states itself.
        sources: of the attributes that were guessed: pairs of the name and what says so.
        grey_channels: how often one channel of grey is repeated for the input.
    """

    layout: ImageLayout
    size: tuple[int, int] | None = None
    channel_order: ChannelOrder = ChannelOrder.RGB
    mean: tuple[float, ...] = ()
    scale: tuple[float, ...] = ()
    keeps_aspect_ratio: bool = True
    central_fraction: float | None = None
    padding: Padding = Padding.NONE
    pad_value: int = 0
    is_resized_as_pot: bool = False
    guessed: tuple[str, ...] = ()
    stated: tuple[str, ...] = ()
    sources: tuple[tuple[str, str], ...] = ()
    grey_channels: int = 1

    def __post_init__(self) -> None:
        channels = 1 if self.channel_order == ChannelOrder.GREY else 3
        for name, values in (("mean", self.mean), ("scale", self.scale)):
            if len(values) not in (0, 1, channels):
                expected = f"one value for all channels, or {channels}"
                raise ConfigError(f"{name} of {self.channel_order} images: expected {expected}, got {values}")
        if 0 in self.scale:
            raise ConfigError(f"scale must not hold 0, got {self.scale}")
        if self.central_fraction is not None and not 0 < self.central_fraction <= 1:
            raise ConfigError(f"central_fraction must be above 0 and at most 1, got {self.central_fraction}")

    def __str__(self) -> str:
        height_and_width = "size of each image" if self.size is None else f"{self.size[0]}x{self.size[1]}"
        values = "pixels 0..255"
        if self.mean or self.scale:
            values = f"(pixel - {list(self.mean) or 0}) / {list(self.scale) or 1}"
        steps = [f"layout {self.layout}", str(self.channel_order), height_and_width, values]
        if self.size is not None:
            steps[2] += f", {self._fit}"
        if self.central_fraction is not None:
            steps.insert(0, f"central {self.central_fraction:.0%}")
        notes = [("stated by the model", self.stated), ("guessed", self.guessed)]
        note = "; ".join(f"{title}: {', '.join(names)}" for title, names in notes if names)
        return "; ".join(steps) + (f" ({note})" if note else "")

    def list_guesses(self) -> tuple[str, ...]:
        """What was guessed, one text each with the value and what says so."""
        values = {
            "layout": f"layout {self.layout}",
            "channel_order": f"channel order {self.channel_order}",
            "keeps_aspect_ratio": f"resizing: {self._fit}",
            "mean": f"mean {list(self.mean)}",
            "scale": f"scale {list(self.scale)}",
        }
        return tuple(f"{values[name]} ({source})" for name, source in self.sources if name in self.guessed)

    @property
    def _fit(self) -> str:
        """How the image is brought to its size, in words."""
        if not self.keeps_aspect_ratio:
            return "stretched"
        if self.padding == Padding.NONE:
            return "cut to its proportions"
        where = "on both sides" if self.padding == Padding.BOTH else "to the right and below"
        return f"filled up with {self.pad_value} {where}"

    def replace_choices(self, **choices: Any) -> ImagePreprocessing:
        """The record with some attributes chosen by the user, which are neither guesses nor statements any more."""
        if "keeps_aspect_ratio" in choices:
            choices = {"padding": Padding.NONE, **choices}
        guessed, stated = (
            tuple(name for name in names if name not in choices) for names in (self.guessed, self.stated)
        )
        return replace(self, **choices, guessed=guessed, stated=stated)

    def apply(self, image: Image) -> Array:
        """The array of one image, its axes in the order of ``layout``.

        ``uint8`` where neither mean nor scale is given, else ``float32``.
        """
        image = image.convert("L" if self.channel_order == ChannelOrder.GREY else "RGB")
        pixels = self._fit_as_pot(np.asarray(image)) if self.is_resized_as_pot else self._fit_image(image)
        pixels = pixels[..., np.newaxis] if pixels.ndim == 2 else pixels
        if self.channel_order == ChannelOrder.BGR:
            pixels = pixels[..., ::-1]
        if self.mean or self.scale:
            mean, scale = np.asarray(self.mean or 0, np.float32), np.asarray(self.scale or 1, np.float32)
            pixels = (pixels.astype(np.float32) - mean) / scale
        if self.channel_order == ChannelOrder.GREY and self.grey_channels > 1:
            pixels = np.repeat(pixels, self.grey_channels, axis=-1)
        return self.layout.from_hwc(pixels)

    def restore_pixels(self, array: Array) -> Array:
        """The pixels that :meth:`apply` made an array of, shape (height, width, channels), in RGB or grey, 0..255."""
        pixels = array.transpose([str(self.layout).index(letter) for letter in "HWC"]).astype(np.float32)
        if self.channel_order == ChannelOrder.GREY:
            pixels = pixels[..., :1]
        if self.mean or self.scale:
            pixels = pixels * np.asarray(self.scale or 1, np.float32) + np.asarray(self.mean or 0, np.float32)
        pixels = pixels[..., ::-1] if self.channel_order == ChannelOrder.BGR else pixels
        return np.asarray(np.rint(pixels).clip(0, 255), np.uint8)

    def _fit_image(self, image: Image) -> Array:
        if self.central_fraction is not None:
            image = image.crop(_find_central_box(image.size, self.central_fraction, self.central_fraction))
        return np.asarray(image if self.size is None else self._resize(image, *self.size))

    def _fit_as_pot(self, pixels: Array) -> Array:
        if self.central_fraction is not None:
            pixels = crop_centre(pixels, self.central_fraction)
        return pixels if self.size is None else resize_bilinear(pixels, *self.size)

    def _resize(self, image: Image, height: int, width: int) -> Image:
        if self.keeps_aspect_ratio and self.padding != Padding.NONE:
            return _fill_up(image, (width, height), self.pad_value, self.padding == Padding.BOTH)
        box = _find_box_of_proportions(image.size, width / height) if self.keeps_aspect_ratio else None
        return image.resize((width, height), resample=_BILINEAR, box=box)


def crop_centre(pixels: Array, share: float) -> Array:
    """The middle of an image of shape ``(height, width, ...)``, ``share`` of its height and width rounded down."""
    height, width = (max(1, int(size * share)) for size in pixels.shape[:2])
    top, left = (pixels.shape[0] - height) // 2, (pixels.shape[1] - width) // 2
    return pixels[top : top + height, left : left + width]


def _find_central_box(
    size: tuple[int, int], share_of_width: float, share_of_height: float
) -> tuple[int, int, int, int]:
    width, height = size
    kept_width, kept_height = max(1, round(width * share_of_width)), max(1, round(height * share_of_height))
    left, top = (width - kept_width) // 2, (height - kept_height) // 2
    return left, top, left + kept_width, top + kept_height


def _find_box_of_proportions(size: tuple[int, int], proportion: float) -> tuple[int, int, int, int]:
    """The largest central box whose width is ``proportion`` times its height."""
    width, height = size
    return _find_central_box(size, min(1.0, proportion * height / width), min(1.0, width / (proportion * height)))


def _fill_up(image: Image, size: tuple[int, int], value: int, is_centred: bool) -> Image:
    """The whole image, as large as fits into ``size`` (width, height), on a ground of one value."""
    from PIL.Image import new

    share = min(size[0] / image.width, size[1] / image.height)
    width, height = (max(1, min(limit, int(side * share))) for limit, side in zip(size, image.size, strict=True))
    ground = new(image.mode, size, (value,) * len(image.getbands()) if len(image.getbands()) > 1 else value)
    place = ((size[0] - width) // 2, (size[1] - height) // 2) if is_centred else (0, 0)
    ground.paste(image.resize((width, height), resample=_BILINEAR), place)
    return ground
