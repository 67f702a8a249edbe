"""Images made of random numbers as a data set: for calibration where no data are at hand."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from openpot.data.fractal_images import WHITE, draw_fractal_image
from openpot.data.image_preprocessing import IMAGENET_MEAN, IMAGENET_SCALE, ImageLayout
from openpot.data.loader import DataLoader
from openpot.errors import ConfigError
from openpot.typing_aliases import FloatArray

DEFAULT_COUNT = 64
"""How many images there are unless somebody wants another number."""


class ImageValues(StrEnum):
    """What the values of an image are when it enters a network."""

    PIXELS = "0..255"
    UNIT = "0..1"
    SYMMETRIC = "-1..1"
    IMAGENET = "imagenet"


@dataclass(frozen=True)
class SyntheticImageShape:
    """One image: sizes in pixels, number of channels, and the order of the axes."""

    height: int
    width: int
    channels: int = 3
    layout: ImageLayout = ImageLayout.CHW

    def __post_init__(self) -> None:
        if min(self.height, self.width, self.channels) < 1:
            raise ConfigError(f"an image needs at least one pixel and one channel, given {self}")


class SyntheticImageLoader(DataLoader):
    """Makes images (:mod:`openpot.data.fractal_images`) when they are asked for; sample = (array, None).

    Equal arguments give equal images, whatever was asked for before.

    Args:
        shape: of every image.
        values: how pixels become inputs.
        count: number of images.
        seed: of the random numbers.
    """

    def __init__(
        self,
        shape: SyntheticImageShape,
        values: ImageValues = ImageValues.PIXELS,
        count: int = DEFAULT_COUNT,
        seed: int = 0,
    ) -> None:
        super().__init__({})
        if count < 1 or seed < 0:
            raise ConfigError(f"expected at least one image and a seed from 0, given {count} and {seed}")
        self.shape, self.values = shape, ImageValues(values)
        self._count, self._seed = count, seed

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> tuple[FloatArray, None]:
        if not 0 <= index < self._count:
            raise IndexError(f"there are {self._count} images: no number {index}")
        rng = np.random.default_rng([self._seed, index])
        shape = self.shape
        image = convert_pixels(draw_fractal_image(rng, shape.height, shape.width, shape.channels), self.values)
        return shape.layout.from_hwc(image), None


def convert_pixels(pixels: FloatArray, values: ImageValues) -> FloatArray:
    """Pixels in 0..255 of shape ``(height, width, channels)`` as inputs; without 3 channels colours are averaged."""
    mean, scale = np.zeros(1), np.ones(1)
    if values == ImageValues.UNIT:
        scale = np.array([WHITE])
    elif values == ImageValues.SYMMETRIC:
        mean = scale = np.array([WHITE / 2])
    elif values == ImageValues.IMAGENET:
        mean, scale = np.array(IMAGENET_MEAN), np.array(IMAGENET_SCALE)
        if pixels.shape[-1] != len(mean):
            mean, scale = mean.mean(keepdims=True), scale.mean(keepdims=True)
    return np.asarray((pixels - mean) / scale, np.float32)
