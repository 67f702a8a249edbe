import numpy as np
import pytest
from PIL import Image

from openpot.data.input_description import InputDescription
from openpot.data.input_matching import InputMatcher
from openpot.data.sample import load_sample
from openpot.data.simplified_images import find_channels, open_simplified_images
from openpot.errors import ConfigError, DataError


def described(*shape, name="data"):
    return InputDescription(name, frozenset({name}), shape)


@pytest.fixture
def folder(tmp_path):
    """One picture, 20 high and 30 wide: red 10 at the left edge to 200 at the right, blue 5 to 100 downwards."""
    pixels = np.zeros((20, 30, 3), np.uint8)
    pixels[..., 0] = np.linspace(10, 200, 30)
    pixels[..., 2] = np.linspace(5, 100, 20)[:, np.newaxis]
    Image.fromarray(pixels).save(tmp_path / "one.png")
    (tmp_path / "notes.txt").write_text("no image")
    return tmp_path


def opened(folder, shape, declared=None, **config):
    return open_simplified_images({"data_source": str(folder), **config}, [described(*shape)], declared)


@pytest.mark.parametrize(
    ("shape", "layout", "axes"),
    [
        ((1, 3, 8, 12), None, (0, 1, 2)),
        ((1, 3, 8, 12), "NCHW", (0, 1, 2)),
        ((1, 3, 8, 12), "chw", (0, 1, 2)),
        ((1, 8, 12, 3), "NHWC", (2, 0, 1)),
        ((1, 8, 12, 3), "HWC", (2, 0, 1)),
        ((1, 8, 12, 3), None, (2, 0, 1)),
        ((1, 3, 12, 8), "NCWH", (0, 2, 1)),
        ((1, 3, 12, 8), "CWH", (0, 2, 1)),
    ],
)
def test_images_are_bgr_stretched_and_laid_out(folder, shape, layout, axes):
    image = load_sample(opened(folder, shape, layout=layout), 0).data
    assert image.shape == shape[1:]
    chw = image.transpose(axes)
    assert chw.dtype == np.uint8
    blue, green, red = chw
    assert green.max() == 0
    assert np.all(np.diff(red.astype(int), axis=1) > 0), "red grows to the right"
    assert np.all(np.diff(blue.astype(int), axis=0) > 0), "blue grows downwards"


def test_one_channel_is_grey(folder):
    image = load_sample(opened(folder, (1, 1, 8, 12)), 0).data
    assert image.shape == (1, 8, 12)


def test_what_the_model_declares_decides_where_the_configuration_is_silent(folder):
    assert opened(folder, (1, 3, 3, 3), {"data": "NHWC"}).preprocessing.layout == "HWC"
    assert opened(folder, (1, 3, 3, 3), {"data": "NHWC"}, layout="NCHW").preprocessing.layout == "CHW"
    assert opened(folder, (1, 3, 3, 3)).preprocessing.layout == "CHW"


def test_a_central_fraction_is_cut_out(folder):
    whole, part = (load_sample(opened(folder, (1, 3, 8, 12), central_fraction=f), 0).data for f in (1.0, 0.5))
    assert part[2].min() > whole[2].min()
    assert part[2].max() < whole[2].max()


def test_a_dynamic_size_leaves_images_as_they_are(folder):
    assert load_sample(opened(folder, (1, 3, None, None)), 0).data.shape == (3, 20, 30)


def test_a_second_input_for_the_size_of_the_image_is_fed(folder):
    inputs = [described(1, 3, 8, 12), described(1, 3, name="info")]
    sample = load_sample(open_simplified_images({"data_source": str(folder)}, inputs), 0)
    image, size = InputMatcher(inputs).order_arrays(sample)
    assert image.shape == (3, 8, 12)
    assert size.tolist() == [[8.0, 12.0, 3.0]]


@pytest.mark.parametrize(
    ("shape", "layout", "channels"), [((1, 1, 8, 9), None, 1), ((1, 8, 9, 3), None, 3), ((1, 3, 3, 1), "NHWC", 1)]
)
def test_the_number_of_channels_follows_from_the_layout(shape, layout, channels):
    assert find_channels(described(*shape), layout) == channels


@pytest.mark.parametrize(
    ("shape", "layout", "error", "words"),
    [
        ((1, 3, 8, 12), "NHWC", DataError, "layout HWC does not fit .* axis C would have 12 channels"),
        ((1, 8, 12, 3), "NCHW", DataError, "layout CHW does not fit"),
        ((1, 3, 8, 12), "NHW", ConfigError, "'NHW' is not supported"),
        ((1, 10), None, DataError, "one image input"),
    ],
)
def test_a_layout_that_does_not_fit_is_refused(folder, shape, layout, error, words):
    with pytest.raises(error, match=words):
        opened(folder, shape, layout=layout)


def test_pixels_are_those_of_pot(tmp_path):
    """OpenCV's: 2 neighbours along each axis, without the smoothing of Pillow."""
    pixels = (np.arange(4 * 6 * 3) * 53 % 256).astype(np.uint8).reshape(4, 6, 3)
    Image.fromarray(pixels[..., ::-1]).save(tmp_path / "a.png")
    loader = open_simplified_images({"data_source": str(tmp_path)}, [described(1, 3, 3, 4)])
    assert loader[0][0][0].tolist() == [[60, 106, 185, 71], [127, 173, 124, 170], [87, 133, 62, 109]]
