"""The guess of how an image becomes an input."""

import numpy as np
import pytest
from PIL import Image

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


def described(shape, element_type="f32"):
    return InputDescription("data", frozenset({"data"}), shape, element_type)


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


def test_grey_alone_is_enough_whatever_the_input_takes():
    for shape in ((1, 1, 8, 8), (1, 3, 8, 8), (1, 8, 8, 3)):
        steps = guess_preprocessing(InputDescription("x", frozenset("x"), shape), channel_order=ChannelOrder.GREY)
        array = steps.apply(Image.new("RGB", (8, 8), (255, 255, 255)))
        assert array.shape == shape[1:]
        assert np.allclose(array, 1.0)


def test_sizes_that_the_model_leaves_open_can_be_stated():
    description = InputDescription("x", frozenset("x"), (None, 3, None, None))
    assert guess_preprocessing(description).size is None
    assert guess_preprocessing(description, input_shape=(1, 3, 32, 48)).size == (32, 48)
    with pytest.raises(ConfigError, match="contradicts input 'x' with shape"):
        guess_preprocessing(description, input_shape=(1, 4, 32, 48))
