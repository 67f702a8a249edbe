"""How an image becomes the input of a model: by what the model states, by guess, and by what the user chose.

The guess follows the habits of the trades: channels first came from PyTorch, whose classifiers take RGB normalised by
the mean and deviation of ImageNet; channels last came from TensorFlow, whose classifiers take RGB from -1 to 1. An
8-bit input takes pixels as they are. A guess may be wrong, so ``guessed`` names what was guessed and whoever uses it
shows the record to the user.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from openpot.data.image_steps import ChannelOrder, ImageLayout, ImagePreprocessing, Padding
from openpot.data.input_description import InputDescription, Shape, format_shape
from openpot.data.model_info import read_layout, read_steps
from openpot.errors import ConfigError, DataError

__all__ = ["ChannelOrder", "ImageLayout", "ImagePreprocessing", "Padding", "guess_preprocessing"]

IMAGENET_MEAN = (123.675, 116.28, 103.53)
IMAGENET_SCALE = (58.395, 57.12, 57.375)
_PARSERS = {"layout": ImageLayout.from_text, "channel_order": ChannelOrder.from_text, "padding": Padding}
_TOGETHER = ({"mean", "scale"}, {"keeps_aspect_ratio", "padding", "pad_value"})
"""What the user chooses of these replaces what is stated or guessed of the others."""


def guess_preprocessing(
    description: InputDescription, input_shape: Sequence[int] | None = None, **choices: Any
) -> ImagePreprocessing:
    """The likely pre-processing for an input; what the model states beats a guess, what the user chose beats both.

    Args:
        description: an input of rank 4 (or 3, without batch axis).
        input_shape: sizes of all its axes, for those that the model leaves open.
        **choices: attributes of :class:`ImagePreprocessing`.

    Raises:
        DataError: the input does not look like an image.
        ConfigError: ``input_shape`` contradicts the model.
    """
    choices |= {name: parse(choices[name]) for name, parse in _PARSERS.items() if name in choices}
    shape = fill_shape(description, input_shape)
    if shape is None or len(shape) not in (3, 4):
        raise DataError(
            f"input {description.name!r} with shape {format_shape(shape)} does not take images: expected 3 or 4 axes"
        )
    sizes = shape[-3:]
    declared = read_layout(description)
    layout = choices.get("layout") or declared or _guess_layout(sizes, description)
    channels, height, width = ImageLayout(layout).read_sizes(sizes)
    order, reason = _guess_order(channels, description.name)
    sources = {
        "layout": f"shape of the input {format_shape(shape)}",
        "channel_order": reason,
        "keeps_aspect_ratio": "default",
    }
    is_grey = choices.get("channel_order", order) == ChannelOrder.GREY
    guess = ImagePreprocessing(
        layout=layout,
        size=None if height is None or width is None else (height, width),
        channel_order=order,
        grey_channels=channels if is_grey and channels is not None else 1,
    )
    stated = read_steps(description, 1 if is_grey else 3)
    if description.is_float and not {"mean", "scale"} & (set(choices) | set(stated)):
        mean, scale, reason = _guess_normalisation(layout, is_grey)
        guess = replace(guess, channel_order=choices.get("channel_order", order), mean=mean, scale=scale)
        sources |= {"mean": reason, "scale": reason}
    guess = replace(guess, guessed=tuple(sources), sources=tuple(sources.items()))
    if declared == layout and "layout" not in choices:
        stated["layout"] = layout
    for names in _TOGETHER:
        if names & set(choices):
            stated = {name: value for name, value in stated.items() if name not in names}
    return replace(guess.replace_choices(**stated), stated=tuple(stated)).replace_choices(**choices)


def fill_shape(description: InputDescription, input_shape: Sequence[int] | None) -> Shape:
    """The shape of an input with the sizes that the user states for axes that are open.

    Raises:
        ConfigError: an axis that is not open has another size, or the number of axes is another.
    """
    shape = description.shape
    if input_shape is None:
        return shape
    stated = tuple(input_shape)
    is_possible = shape is None or (
        len(shape) == len(stated) and all(size in (None, wanted) for size, wanted in zip(shape, stated, strict=True))
    )
    if not is_possible:
        raise ConfigError(
            f"input_shape (--input-shape) {stated} contradicts input {description.name!r} with shape "
            f"{format_shape(shape)}: it may only fill in sizes that the model leaves open ('?')"
        )
    return stated


def _guess_layout(sizes: tuple[int | None, ...], description: InputDescription) -> ImageLayout:
    if sizes[0] in (1, 3):
        return ImageLayout.CHW
    if sizes[2] in (1, 3):
        return ImageLayout.HWC
    raise DataError(
        f"input {description.name!r} with shape {format_shape(description.shape)}: no axis has 1 or 3 channels, so the "
        "layout cannot be guessed: say NCHW or NHWC"
    )


def _guess_order(channels: int | None, name: str) -> tuple[ChannelOrder, str]:
    """The order of the channels, and what says so."""
    if channels == 1:
        return ChannelOrder.GREY, "one channel"
    for order in (ChannelOrder.BGR, ChannelOrder.RGB):
        if str(order).lower() in name.lower():
            return order, f"name of the input {name!r}"
    return ChannelOrder.RGB, "default"


def _guess_normalisation(layout: ImageLayout, is_grey: bool) -> tuple[tuple[float, ...], tuple[float, ...], str]:
    """Mean, scale, and what says so."""
    if is_grey:
        return (0.0,), (255.0,), "default of grey images: values from 0 to 1"
    if layout != ImageLayout.HWC:
        return IMAGENET_MEAN, IMAGENET_SCALE, "default of channels first: mean and deviation of ImageNet"
    return (127.5,) * 3, (127.5,) * 3, "default of channels last: values from -1 to 1"
