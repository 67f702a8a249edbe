"""Synthetic pictures as a data set."""

import numpy as np
import pytest

from openpot.data.image_preprocessing import ImageLayout
from openpot.data.synthetic_images import ImageValues, SyntheticImageLoader, SyntheticImageShape, convert_pixels
from openpot.errors import ConfigError

SHAPE = SyntheticImageShape(12, 16)


def test_samples_are_pictures_without_annotation():
    loader = SyntheticImageLoader(SHAPE, count=5)
    assert len(loader) == 5
    picture, annotation = loader[4]
    assert (picture.shape, picture.dtype, annotation) == ((3, 12, 16), np.float32, None)
    with pytest.raises(IndexError, match="no number 5"):
        loader[5]


def test_a_sample_does_not_depend_on_what_was_asked_for_before():
    first, second = SyntheticImageLoader(SHAPE, seed=7), SyntheticImageLoader(SHAPE, seed=7)
    _ = first[0]
    assert np.array_equal(first[3][0], second[3][0])
    assert not np.array_equal(first[3][0], first[2][0])


def test_channels_last():
    last = SyntheticImageLoader(SyntheticImageShape(12, 16, 1, ImageLayout.HWC))[0][0]
    assert last.shape == (12, 16, 1)


@pytest.mark.parametrize(
    ("values", "black", "white"),
    [("0..255", 0, 255), ("0..1", 0, 1), ("-1..1", -1, 1), ("imagenet", -2.118, 2.249)],
)
def test_values(values, black, white):
    pixels = np.stack([np.zeros(3), np.full(3, 255.0)]).reshape(1, 2, 3)
    found = convert_pixels(pixels, ImageValues(values))[0, :, 0]
    np.testing.assert_allclose(found, [black, white], atol=1e-3)
    assert convert_pixels(pixels[..., :1], ImageValues(values)).shape == (1, 2, 1)


@pytest.mark.parametrize("options", [{"count": 0}, {"seed": -1}], ids=str)
def test_impossible_numbers_are_refused(options):
    with pytest.raises(ConfigError, match="at least one image"):
        SyntheticImageLoader(SHAPE, **options)
    with pytest.raises(ConfigError, match="at least one pixel"):
        SyntheticImageShape(0, 16)
