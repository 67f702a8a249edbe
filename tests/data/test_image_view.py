"""One image as the network will see it."""

import numpy as np
import pytest
from PIL import Image

from openpot.data.image_folder import open_image_folder
from openpot.data.image_view import write_view
from openpot.data.input_description import InputDescription
from openpot.errors import NotWritableError


@pytest.fixture
def folder(tmp_path):
    """A wide image: red on the left, green in the middle, blue on the right."""
    pixels = np.zeros((20, 60, 3), np.uint8)
    pixels[:, :20, 0] = pixels[:, 20:40, 1] = pixels[:, 40:, 2] = 200
    Image.fromarray(pixels).save(tmp_path / "wide.png")
    return tmp_path


def view(folder, shape=(1, 3, 20, 20), **choices):
    loader = open_image_folder(folder, [InputDescription("x", frozenset("x"), shape)], **choices)
    sentence = write_view(loader, folder / "seen.png")
    return np.asarray(Image.open(folder / "seen.png")).astype(int), sentence


@pytest.mark.parametrize("shape", [(1, 3, 20, 20), (1, 20, 20, 3)], ids=["NCHW", "NHWC"])
@pytest.mark.parametrize("order", ["RGB", "BGR"])
def test_crop_and_colours_are_those_that_the_network_gets(folder, shape, order):
    pixels, sentence = view(folder, shape, channel_order=order)
    assert pixels.shape == (20, 20, 3)
    assert np.abs(pixels[10, 10] - [0, 200, 0]).max() <= 1
    assert "wide.png (60x20 pixels) as the network sees it, 20x20 pixels; its values go from" in sentence


def test_a_letterbox_and_grey_are_seen(folder):
    pixels, _ = view(folder, keeps_aspect_ratio=True, padding="both", pad_value=114)
    assert (pixels[0, 0] == 114).all()
    pixels, _ = view(folder, (1, 1, 20, 20))
    assert pixels.shape == (20, 20)


def test_a_place_that_takes_no_file_is_named(folder):
    loader = open_image_folder(folder, [InputDescription("x", frozenset("x"), (1, 3, 20, 20))])
    with pytest.raises(NotWritableError, match="no_such"):
        write_view(loader, folder / "no_such" / "seen.png")
