"""From image to array."""

import numpy as np
import pytest

from openpot.data.image_steps import ChannelOrder, ImageLayout, ImagePreprocessing, Padding
from openpot.errors import ConfigError

Image = pytest.importorskip("PIL.Image")


def picture(height=4, width=6):
    """Red grows downwards, green to the right, blue is constant."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[..., 0] = np.arange(height)[:, None] * 10
    pixels[..., 1] = np.arange(width) * 10
    pixels[..., 2] = 200
    return pixels


@pytest.mark.parametrize("layout", list(ImageLayout))
def test_pixels_keep_their_place(layout):
    array = ImagePreprocessing(layout).apply(Image.fromarray(picture()))
    assert array.dtype == np.uint8
    assert array.flags.c_contiguous
    hwc = array.transpose([str(layout).index(axis) for axis in "HWC"])
    np.testing.assert_array_equal(hwc, picture())


def test_colours_in_the_other_order():
    array = ImagePreprocessing(ImageLayout.HWC, channel_order=ChannelOrder.BGR).apply(Image.fromarray(picture()))
    np.testing.assert_array_equal(array, picture()[..., ::-1])


def test_grey_has_one_channel_and_transparency_is_dropped():
    image = Image.fromarray(picture()).convert("RGBA")
    assert ImagePreprocessing(ImageLayout.CHW, channel_order=ChannelOrder.GREY).apply(image).shape == (1, 4, 6)
    assert ImagePreprocessing(ImageLayout.CHW).apply(image).shape == (3, 4, 6)


def test_normalisation_is_per_channel():
    steps = ImagePreprocessing(ImageLayout.HWC, mean=(1, 2, 3), scale=(2, 4, 8))
    array = steps.apply(Image.fromarray(picture()))
    assert array.dtype == np.float32
    np.testing.assert_allclose(array, (picture().astype(float) - [1, 2, 3]) / [2, 4, 8], rtol=1e-6)


def test_the_proportions_are_cut_around_the_centre():
    wide = np.zeros((4, 12, 3), np.uint8)
    wide[:, 4:8] = 255
    kept = ImagePreprocessing(ImageLayout.HWC, size=(4, 4)).apply(Image.fromarray(wide))
    assert kept.shape == (4, 4, 3)
    assert (kept == 255).all()
    stretched = ImagePreprocessing(ImageLayout.HWC, size=(4, 4), keeps_aspect_ratio=False).apply(Image.fromarray(wide))
    assert stretched.min() == 0


def test_the_central_fraction_is_kept():
    framed = np.zeros((8, 8, 3), np.uint8)
    framed[2:6, 2:6] = 9
    kept = ImagePreprocessing(ImageLayout.HWC, central_fraction=0.5).apply(Image.fromarray(framed))
    assert kept.shape == (4, 4, 3)
    assert (kept == 9).all()


@pytest.mark.parametrize(("text", "layout"), [("NCHW", "CHW"), ("chw", "CHW"), ("NHWC", "HWC"), ("HWC", "HWC")])
def test_layouts_by_their_names(text, layout):
    assert ImageLayout.from_text(text) == layout


def test_one_value_counts_for_all_channels():
    image = Image.fromarray(np.random.default_rng(0).integers(0, 256, (4, 4, 3), np.uint8))
    single = ImagePreprocessing(ImageLayout.CHW, mean=(10.0,), scale=(255.0,))
    np.testing.assert_array_equal(
        single.apply(image), ImagePreprocessing(ImageLayout.CHW, mean=(10.0,) * 3, scale=(255.0,) * 3).apply(image)
    )
    np.testing.assert_array_equal(single.restore_pixels(single.apply(image)), np.asarray(image))


@pytest.mark.parametrize(
    "fields",
    [{"mean": (1.0, 2.0)}, {"scale": (1.0, 0.0, 1.0)}, {"central_fraction": 0}, {"central_fraction": 1.5}],
    ids=str,
)
def test_impossible_steps_are_refused(fields):
    with pytest.raises(ConfigError):
        ImagePreprocessing(ImageLayout.CHW, **fields)


def test_an_impossible_layout_is_refused():
    with pytest.raises(ConfigError, match="'WHC' is not supported"):
        ImageLayout.from_text("WHC")


@pytest.mark.parametrize(
    ("padding", "rows"),
    [(Padding.BOTH, slice(2, 6)), (Padding.END, slice(0, 4))],
    ids=["on both sides", "at the end"],
)
def test_the_whole_image_is_kept_and_filled_up(padding, rows):
    wide = np.full((6, 12, 3), 200, np.uint8)
    steps = ImagePreprocessing(ImageLayout.HWC, size=(8, 8), padding=padding, pad_value=114)
    array = steps.apply(Image.fromarray(wide))
    assert array.shape == (8, 8, 3)
    assert (array[rows] == 200).all()
    assert (np.delete(array, rows, axis=0) == 114).all()


def test_grey_images_are_filled_up_too():
    steps = ImagePreprocessing(
        ImageLayout.CHW, size=(4, 8), channel_order=ChannelOrder.GREY, padding=Padding.END, pad_value=7
    )
    array = steps.apply(Image.fromarray(np.full((4, 4), 9, np.uint8)))
    assert (array[0, :, :4] == 9).all()
    assert (array[0, :, 4:] == 7).all()


def test_a_long_strip_keeps_at_least_one_pixel():
    steps = ImagePreprocessing(ImageLayout.HWC, size=(8, 8), padding=Padding.BOTH)
    assert steps.apply(Image.fromarray(np.full((1, 400, 3), 9, np.uint8))).max() == 9
