"""How an image becomes the input of a model: by what the model states, by guess, and by what the user chose.

The guess follows the habits of the trades: channels first came from PyTorch, whose classifiers take RGB normalised by
the mean and deviation of ImageNet; channels last came from TensorFlow, whose classifiers take RGB from -1 to 1. An
8-bit input takes pixels as they are. A guess may be wrong, so ``guessed`` names what was guessed and whoever uses it
shows the record to the user.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from openpot.data.image_steps import ChannelOrder, ImageLayout, ImagePreprocessing, Padding
from openpot.data.input_description import InputDescription, format_shape
from openpot.data.model_info import read_layout, read_steps
from openpot.errors import DataError

__all__ = ["ChannelOrder", "ImageLayout", "ImagePreprocessing", "Padding", "guess_preprocessing"]

IMAGENET_MEAN = (123.675, 116.28, 103.53)
IMAGENET_SCALE = (58.395, 57.12, 57.375)
_TOGETHER = ({"mean", "scale"}, {"keeps_aspect_ratio", "padding", "pad_value"})
"""What the user chooses of these replaces what is stated or guessed of the others."""


def guess_preprocessing(description: InputDescription, **choices: Any) -> ImagePreprocessing:
    """The likely pre-processing for an input; what the model states beats a guess, what the user chose beats both.

    Args:
        description: an input of rank 4 (or 3, without batch axis).
        **choices: attributes of :class:`ImagePreprocessing`.

    Raises:
        DataError: the input does not look like an image.
    """
    shape = description.shape
    if shape is None or len(shape) not in (3, 4):
        raise DataError(
            f"input {description.name!r} with shape {format_shape(shape)} does not take images: expected 3 or 4 axes"
        )
    sizes = shape[-3:]
    declared = read_layout(description)
    layout = choices.get("layout") or declared or _guess_layout(sizes, description)
    channels, height, width = ImageLayout(layout).read_sizes(sizes)
    guess = ImagePreprocessing(
        layout=layout,
        size=None if height is None or width is None else (height, width),
        channel_order=ChannelOrder.GREY if channels == 1 else ChannelOrder.RGB,
        guessed=("layout", "channel_order", "keeps_aspect_ratio"),
    )
    stated = read_steps(description, 1 if channels == 1 else 3)
    if description.is_float and not {"mean", "scale"} & (set(choices) | set(stated)):
        mean, scale = _guess_normalisation(layout, channels)
        guess = replace(guess, mean=mean, scale=scale, guessed=(*guess.guessed, "mean", "scale"))
    if declared == layout and "layout" not in choices:
        stated["layout"] = layout
    for names in _TOGETHER:
        if names & set(choices):
            stated = {name: value for name, value in stated.items() if name not in names}
    return replace(guess.replace_choices(**stated), stated=tuple(stated)).replace_choices(**choices)


def _guess_layout(sizes: tuple[int | None, ...], description: InputDescription) -> ImageLayout:
    if sizes[0] in (1, 3):
        return ImageLayout.CHW
    if sizes[2] in (1, 3):
        return ImageLayout.HWC
    raise DataError(
        f"input {description.name!r} with shape {format_shape(description.shape)}: no axis has 1 or 3 channels, so the "
        "layout cannot be guessed: say NCHW or NHWC"
    )


def _guess_normalisation(layout: ImageLayout, channels: int | None) -> tuple[tuple[float, ...], tuple[float, ...]]:
    if channels == 1:
        return (0.0,), (255.0,)
    if layout != ImageLayout.HWC:
        return IMAGENET_MEAN, IMAGENET_SCALE
    return (127.5,) * 3, (127.5,) * 3
