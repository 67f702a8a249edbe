"""Folders of images as data sets."""

import sys

import numpy as np
import pytest

from openpot.data.guard import SampleGuard
from openpot.data.image_folder import (
    ImageLoader,
    find_image_input,
    make_simplified_preprocessing,
    open_image_folder,
    read_image,
)
from openpot.data.input_description import InputDescription
from openpot.data.sample import load_sample
from openpot.errors import DataError, MissingExtraError

Image = pytest.importorskip("PIL.Image")

NCHW = InputDescription("data", frozenset({"data"}), (1, 3, 8, 8))
SIZE = InputDescription("im_info", frozenset({"im_info"}), (1, 3))
RNG = np.random.default_rng(0)


@pytest.fixture
def folder(tmp_path):
    for name in ("b.png", "a.png", "c.bmp"):
        Image.fromarray(RNG.integers(0, 256, (10, 12, 3), np.uint8)).save(tmp_path / name)
    (tmp_path / "notes.txt").write_text("no image")
    return tmp_path


def test_images_fit_the_model_and_carry_their_path_and_size(folder):
    loader = open_image_folder(folder, [NCHW])
    assert len(loader) == 3
    sample = load_sample(loader, 0)
    assert sample.annotation is None
    assert sample.metadata == {"path": str(folder / "a.png"), "size": (10, 12)}
    assert SampleGuard([NCHW]).feed([sample])[0].shape == (1, 3, 8, 8)
    assert loader.preprocessing.size == (8, 8)


def test_choices_of_the_user_win(folder):
    loader = open_image_folder(folder, [NCHW], mean=(), scale=())
    assert load_sample(loader, 0).data.dtype == np.uint8


def test_the_size_of_the_image_may_be_a_second_input():
    assert find_image_input([NCHW, SIZE]) is NCHW
    assert find_image_input([SIZE, NCHW]) is NCHW


@pytest.mark.parametrize(
    "inputs", [[], [SIZE], [NCHW, NCHW], [NCHW, SIZE, SIZE]], ids=["none", "no image", "two", "three"]
)
def test_other_models_take_no_folder_of_images(inputs):
    with pytest.raises(DataError, match="one image input"):
        find_image_input(inputs)


def test_the_simplified_mode_of_pot_needs_only_a_source(folder):
    loader = ImageLoader({"data_source": str(folder), "layout": "NHWC", "central_fraction": 0.5})
    assert loader.config.layout == "NHWC"
    array = load_sample(loader, 0).data
    original = np.asarray(Image.open(folder / "a.png"))
    np.testing.assert_array_equal(array, original[2:7, 3:9, ::-1])


def test_the_simplified_mode_stretches_bgr_without_normalisation():
    steps = make_simplified_preprocessing()
    assert (steps.layout, steps.size, steps.channel_order, steps.keeps_aspect_ratio) == ("CHW", None, "BGR", False)
    assert (steps.mean, steps.scale) == ((), ())


def test_a_file_that_is_no_image_is_named(folder):
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    with pytest.raises(DataError, match=r"broken\.png cannot be read"):
        read_image(folder / "broken.png")
    loader = open_image_folder(folder, [NCHW])
    with pytest.raises(DataError, match=r"sample 2: .*broken\.png"):
        load_sample(loader, 2)


def test_formats_that_run_programs_are_not_decoded(folder):
    (folder / "shell.png").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n")
    with pytest.raises(DataError, match="cannot be read"):
        read_image(folder / "shell.png")


def test_an_image_is_turned_as_its_tag_says(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(np.zeros((4, 6, 3), np.uint8)).save(tmp_path / "turned.jpg", exif=exif)
    assert read_image(tmp_path / "turned.jpg").size == (4, 6)


def test_sixteen_bits_of_grey_are_scaled_not_clipped(tmp_path):
    Image.fromarray(np.full((3, 3), 0x8000, np.uint16)).save(tmp_path / "deep.png")
    np.testing.assert_array_equal(np.asarray(read_image(tmp_path / "deep.png")), np.full((3, 3), 0x80))


def test_without_pillow_the_extra_is_named(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(MissingExtraError, match=r"pip install openpot\[images\]"):
        open_image_folder(folder, [NCHW])
