import numpy as np
import pytest

from openpot.data.image_preprocessing import IMAGENET_SCALE, guess_preprocessing
from openpot.data.image_steps import ChannelOrder, ImageLayout, Padding
from openpot.data.input_description import InputDescription
from openpot.data.model_info import read_layout, read_steps
from openpot.errors import OpenPotWarning

Image = pytest.importorskip("PIL.Image")


def described(info=None, shape=(1, 3, 32, 32), element_type="f32", layout=""):
    return InputDescription("images", frozenset({"images"}), shape, element_type, layout, info or {})


ULTRALYTICS = {
    "model_type": "YOLO",
    "reverse_input_channels": True,
    "pad_value": 114,
    "scale_values": [255.0],
    "iou_threshold": 0.7,
    "labels": ["a", "b"],
    "resize_type": "fit_to_window_letterbox",
}
READ_FROM_FILE = {name: "YES" if value is True else str(value).strip("[]") for name, value in ULTRALYTICS.items()}
GETI = {
    "mean_values": "123.675 116.28 103.53",
    "scale_values": "58.395 57.12 57.375",
    "resize_type": "standard",
    "pad_value": "0",
    "reverse_input_channels": "False",
}
UNIT = {"mean_values": "0.5 0.5 0.5", "scale_values": "0.25 0.25 0.25", "intensity_mode": "scale_to_unit"}


@pytest.mark.parametrize("info", [ULTRALYTICS, READ_FROM_FILE], ids=["in memory", "from a file"])
def test_what_ultralytics_writes(info):
    steps = read_steps(described(info), 3)
    assert steps["mean"] == (0.0,) * 3
    assert steps["scale"] == (255.0,) * 3
    assert steps["channel_order"] == ChannelOrder.RGB
    assert (steps["keeps_aspect_ratio"], steps["padding"], steps["pad_value"]) == (True, Padding.BOTH, 114)


def test_what_geti_writes():
    steps = read_steps(described(GETI), 3)
    assert steps["mean"] == (123.675, 116.28, 103.53)
    assert steps["scale"] == (58.395, 57.12, 57.375)
    assert steps["channel_order"] == ChannelOrder.BGR
    assert (steps["keeps_aspect_ratio"], steps["padding"]) == (False, Padding.NONE)


def test_values_for_pixels_from_0_to_1_are_those_of_0_to_255():
    steps = read_steps(described(UNIT), 3)
    assert steps["mean"] == (127.5,) * 3
    assert steps["scale"] == (63.75,) * 3


@pytest.mark.parametrize(
    ("info", "fit"),
    [
        ({"resize_type": "standard"}, (False, Padding.NONE)),
        ({"resize_type": "crop"}, (True, Padding.NONE)),
        ({"resize_type": "fit_to_window"}, (True, Padding.END)),
        ({"resize_type": "fit_to_window_letterbox"}, (True, Padding.BOTH)),
        ({"pad_value": 114}, (True, Padding.BOTH)),
        ({"scale_values": "255"}, (False, Padding.NONE)),
    ],
    ids=str,
)
def test_how_an_image_is_fitted(info, fit):
    steps = read_steps(described(info), 3)
    assert (steps["keeps_aspect_ratio"], steps["padding"]) == fit


def test_a_model_that_names_neither_mean_nor_scale_but_other_steps_takes_pixels():
    steps = read_steps(described({"reverse_input_channels": "True"}), 3)
    assert (steps["mean"], steps["scale"]) == ((0.0,) * 3, (1.0,) * 3)


def test_steps_that_are_in_the_graph_are_not_done_twice():
    steps = read_steps(described({**GETI, "embedded_processing": "YES"}, (1, None, None, 3), "u8"), 3)
    assert steps == {"mean": (), "scale": (), "channel_order": ChannelOrder.BGR}


def test_bytes_are_not_normalised():
    assert not {"mean", "scale"} & set(read_steps(described(GETI, element_type="u8"), 3))


def test_one_channel_takes_one_value():
    steps = read_steps(described({"mean_values": "127.5 127.5 127.5", "scale_values": 127.5}), 1)
    assert (steps["mean"], steps["scale"]) == ((127.5,), (127.5,))
    assert "channel_order" not in steps


def test_a_model_that_says_nothing_about_images_is_guessed():
    info = {"model_type": "Classification", "labels": "a b"}
    assert read_steps(described(info), 3) == {}
    assert guess_preprocessing(described(info)).scale == IMAGENET_SCALE


@pytest.mark.parametrize(
    ("name", "value", "guessed"),
    [
        ("mean_values", "one two three", ("mean", "scale")),
        ("scale_values", "0 1 1", ("mean", "scale")),
        ("scale_values", "1 2", ("mean", "scale")),
        ("intensity_mode", "window", ("mean", "scale")),
        ("reverse_input_channels", "perhaps", ("channel_order",)),
        ("resize_type", "squeeze", ("keeps_aspect_ratio",)),
    ],
    ids=str,
)
def test_what_cannot_be_understood_is_guessed_with_a_warning(name, value, guessed):
    with pytest.warns(OpenPotWarning, match=name):
        record = guess_preprocessing(described({**GETI, name: value}))
    assert set(guessed) <= set(record.guessed)
    assert not set(guessed) & set(record.stated)


def test_a_declared_layout_is_taken():
    assert read_layout(described(layout="[N,H,W,C]")) == ImageLayout.HWC
    assert read_layout(described(layout="[...]")) is None
    assert read_layout(described(layout="[N,C,D,H,W]")) is None
    record = guess_preprocessing(described(shape=(1, 3, 32, 3), layout="[N,H,W,C]"))
    assert record.layout == ImageLayout.HWC
    assert "layout" in record.stated


def test_the_user_has_the_last_word():
    record = guess_preprocessing(described(ULTRALYTICS), scale=(2.0,) * 3, keeps_aspect_ratio=True)
    assert (record.mean, record.scale) == ((), (2.0,) * 3)
    assert record.padding == Padding.NONE
    assert record.stated == ("channel_order",)
    assert not {"mean", "scale", "keeps_aspect_ratio"} & set(record.guessed)


def test_the_record_tells_what_is_stated_and_what_guessed():
    text = str(guess_preprocessing(described(ULTRALYTICS)))
    assert "32x32, filled up with 114 on both sides" in text
    assert "(pixel - [0.0, 0.0, 0.0]) / [255.0, 255.0, 255.0]" in text
    assert text.endswith("; guessed: layout)")
    assert "stated by the model: mean, scale, channel_order" in text


def test_images_come_out_as_the_model_says():
    pixels = np.full((10, 20, 3), (255, 51, 0), np.uint8)
    array = guess_preprocessing(described(ULTRALYTICS)).apply(Image.fromarray(pixels))
    assert array.shape == (3, 32, 32)
    np.testing.assert_allclose(array[:, 16, 16], [1.0, 0.2, 0.0], atol=1e-6)
    np.testing.assert_allclose(array[:, 0, 0], 114 / 255, atol=1e-6)
