"""Options about images."""

import pytest

from openpot.cli.image_options import collect_image_choices
from openpot.data.image_preprocessing import ChannelOrder, ImageLayout
from openpot.errors import ConfigError


def test_nothing_chosen_leaves_everything_to_the_guess():
    assert collect_image_choices() == {}


@pytest.mark.parametrize(
    ("options", "chosen"),
    [
        ({"layout": "NHWC"}, {"layout": ImageLayout.HWC}),
        ({"layout": "nchw"}, {"layout": ImageLayout.CHW}),
        ({"channel_order": "bgr"}, {"channel_order": ChannelOrder.BGR}),
        ({"channel_order": "Grey"}, {"channel_order": ChannelOrder.GREY}),
        ({"mean": "127.5"}, {"mean": (127.5,)}),
        ({"scale": "58.4, 57.1,57.4"}, {"scale": (58.4, 57.1, 57.4)}),
        ({"resize": "stretch"}, {"keeps_aspect_ratio": False, "padding": "none"}),
        ({"resize": "crop"}, {"keeps_aspect_ratio": True, "padding": "none"}),
        ({"resize": "letterbox"}, {"keeps_aspect_ratio": True, "padding": "both"}),
        ({"letterbox": 114}, {"keeps_aspect_ratio": True, "padding": "both", "pad_value": 114}),
        ({"input_shape": "1,3,224,224"}, {"input_shape": (1, 3, 224, 224)}),
    ],
    ids=lambda value: ",".join(f"{k}={v}" for k, v in value.items()) if isinstance(value, dict) else value,
)
def test_option_becomes_the_attribute_of_the_pre_processing(options, chosen):
    assert collect_image_choices(**options) == chosen


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"layout": "HCW"}, "'HCW' is not supported; expected NCHW"),
        ({"channel_order": "RBG"}, "--channel-order 'RBG' does not exist; did you mean"),
        ({"mean": "1;2;3"}, "--mean '1;2;3': expected numbers separated by commas"),
        ({"scale": ""}, "--scale '': expected numbers"),
        ({"resize": "strech"}, "--resize 'strech' does not exist; did you mean 'stretch'"),
        ({"letterbox": 300}, "--letterbox 300: expected the value of a pixel"),
        ({"letterbox": 0, "resize": "crop"}, "two ways to resize"),
        ({"input_shape": "1x3"}, "--input-shape '1x3': expected sizes separated by commas"),
    ],
    ids=str,
)
def test_what_cannot_be_understood_is_said(options, words):
    with pytest.raises(ConfigError, match=words):
        collect_image_choices(**options)
