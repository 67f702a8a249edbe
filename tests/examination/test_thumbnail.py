"""Inputs as small images."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from openpot.examination.thumbnail import SIDE, draw_thumbnail, encode_png


@pytest.mark.parametrize("channels", [1, 3])
def test_a_png_holds_the_pixels(channels):
    pixels = np.random.default_rng(0).integers(0, 256, (9, 12, channels), np.uint8)
    image = Image.open(io.BytesIO(encode_png(pixels)))
    np.testing.assert_array_equal(np.asarray(image).reshape(pixels.shape), pixels)


@pytest.mark.parametrize("shape", [(1, 3, 300, 40), (1, 300, 40, 3), (1, 1, 300, 40)])
def test_images_of_every_layout_become_small(shape):
    array = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    address = draw_thumbnail({0: array})
    image = Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2])))
    assert max(image.size) <= 2 * SIDE
    assert np.asarray(image).min() == 0
    assert np.asarray(image).max() == 255


@pytest.mark.parametrize("shape", [(1, 12), (1, 3, 4, 4), (2, 3, 16, 16), (1, 20, 16, 16)])
def test_what_is_no_image_has_none(shape):
    assert draw_thumbnail({0: np.zeros(shape, np.float32)}) == ""


def test_values_that_are_no_numbers_do_not_stop_it():
    array = np.full((1, 3, 8, 8), np.nan, np.float32)
    assert draw_thumbnail({0: array}).startswith("data:image/png")
