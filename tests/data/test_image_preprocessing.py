"""From image to array, and the guess of how."""

import numpy as np
import pytest

from openpot.data.image_preprocessing import (
    IMAGENET_MEAN,
    IMAGENET_SCALE,
    ChannelOrder,
    ImageLayout,
    ImagePreprocessing,
    guess_preprocessing,
)
from openpot.data.input_description import InputDescription
from openpot.errors import ConfigError, DataError

Image = pytest.importorskip("PIL.Image")


def described(shape, element_type="f32"):
    return InputDescription("data", frozenset({"data"}), shape, element_type)


def picture(height=4, width=6):
    """Red grows downwards, green to the right, blue is constant."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[..., 0] = np.arange(height)[:, None] * 10
    pixels[..., 1] = np.arange(width) * 10
    pixels[..., 2] = 200
    return pixels


@pytest.mark.parametrize(
    ("shape", "element_type", "layout", "size", "order", "mean", "scale"),
    [
        ((1, 3, 224, 192), "f32", "CHW", (224, 192), "RGB", IMAGENET_MEAN, IMAGENET_SCALE),
        ((1, 224, 192, 3), "f32", "HWC", (224, 192), "RGB", (127.5,) * 3, (127.5,) * 3),
        ((None, 3, None, None), "f32", "CHW", None, "RGB", IMAGENET_MEAN, IMAGENET_SCALE),
        ((1, 1, 28, 28), "f32", "CHW", (28, 28), "grey", (0.0,), (255.0,)),
        ((1, 28, 28, 1), "f16", "HWC", (28, 28), "grey", (0.0,), (255.0,)),
        ((1, 3, 8, 8), "u8", "CHW", (8, 8), "RGB", (), ()),
        ((3, 8, 8), "f32", "CHW", (8, 8), "RGB", IMAGENET_MEAN, IMAGENET_SCALE),
    ],
    ids=["NCHW", "NHWC", "dynamic size", "grey", "grey NHWC", "bytes", "no batch axis"],
)
def test_the_guess_follows_the_input(shape, element_type, layout, size, order, mean, scale):
    guess = guess_preprocessing(described(shape, element_type))
    assert (guess.layout, guess.size, guess.channel_order) == (layout, size, order)
    assert (guess.mean, guess.scale) == (mean, scale)
    assert "layout" in guess.guessed
    assert ("mean" in guess.guessed) is bool(mean)


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ((1, 10), "does not take images"),
        (None, "any shape"),
        ((1, 16, 8, 8), "say NCHW or NHWC"),
        ((None,) * 4, "say NCHW"),
    ],
    ids=["rank 2", "dynamic rank", "features", "all dynamic"],
)
def test_what_is_no_image_input_is_refused(shape, words):
    with pytest.raises(DataError, match=words):
        guess_preprocessing(described(shape))


def test_a_stated_layout_settles_what_cannot_be_guessed():
    guess = guess_preprocessing(described((None, None, None, None)), layout=ImageLayout.HWC)
    assert guess.layout == "HWC"
    assert "layout" not in guess.guessed


def test_a_stated_scale_replaces_the_guess_of_both():
    guess = guess_preprocessing(described((1, 3, 8, 8)), scale=(255.0,) * 3)
    assert (guess.mean, guess.scale) == ((), (255.0,) * 3)
    assert not {"mean", "scale"} & set(guess.guessed)


def test_the_record_reads_as_a_sentence():
    text = str(guess_preprocessing(described((1, 3, 224, 192))))
    for part in (
        "layout CHW",
        "RGB",
        "224x192, cut to its proportions",
        "(pixel - [123.675, 116.28, 103.53])",
        "guessed: layout",
    ):
        assert part in text
    plain = ImagePreprocessing(ImageLayout.HWC, central_fraction=0.5, keeps_aspect_ratio=False, size=(2, 3))
    assert str(plain) == "central 50%; layout HWC; RGB; 2x3, stretched; pixels 0..255"


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


@pytest.mark.parametrize(
    "fields",
    [{"mean": (1.0,)}, {"scale": (1.0, 0.0, 1.0)}, {"central_fraction": 0}, {"central_fraction": 1.5}],
    ids=str,
)
def test_impossible_steps_are_refused(fields):
    with pytest.raises(ConfigError):
        ImagePreprocessing(ImageLayout.CHW, **fields)


def test_an_impossible_layout_is_refused():
    with pytest.raises(ConfigError, match="'WHC' is not supported"):
        ImageLayout.from_text("WHC")
