"""The options of the command line that say how image files become the input of a model."""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

import typer

from openpot.data.image_preprocessing import ChannelOrder, ImageLayout
from openpot.errors import ConfigError, suggest_nearest_name

Layout: TypeAlias = Annotated[
    str | None, typer.Option(help="Of images: NCHW or NHWC. Default: by the model, or guessed.")
]
ChannelOrderName: TypeAlias = Annotated[
    str | None, typer.Option(help="Of images: RGB, BGR or grey. Default: by the model, or guessed.")
]
Mean: TypeAlias = Annotated[
    str | None,
    typer.Option(metavar="A,B,C", help="Subtracted from pixels in 0..255. Default: by the model, or guessed."),
]
Scale: TypeAlias = Annotated[
    str | None, typer.Option(metavar="A,B,C", help="Divides what remains. Default: by the model, or guessed.")
]


def collect_image_choices(
    layout: str | None = None, channel_order: str | None = None, mean: str | None = None, scale: str | None = None
) -> dict[str, Any]:
    """What the user chose, in the words of :class:`openpot.data.image_preprocessing.ImagePreprocessing`.

    Args:
        layout: ``NCHW`` or ``NHWC``.
        channel_order: ``RGB``, ``BGR`` or ``grey``.
        mean: numbers separated by commas, one for each channel, subtracted from pixels in 0..255.
        scale: the same for the divisors.

    Raises:
        ConfigError: a text cannot be understood.
    """
    chosen: dict[str, Any] = {}
    if layout is not None:
        chosen["layout"] = ImageLayout.from_text(layout)
    if channel_order is not None:
        chosen["channel_order"] = _parse_channel_order(channel_order)
    for name, text in (("mean", mean), ("scale", scale)):
        if text is not None:
            chosen[name] = _parse_numbers(name, text)
    return chosen


def _parse_channel_order(text: str) -> ChannelOrder:
    by_name = {str(order).lower(): order for order in ChannelOrder}
    if text.lower() not in by_name:
        raise ConfigError(
            f"--channel-order {text!r} does not exist; {suggest_nearest_name(text, map(str, ChannelOrder))}"
        )
    return by_name[text.lower()]


def _parse_numbers(name: str, text: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError as error:
        raise ConfigError(
            f"--{name} {text!r}: expected numbers separated by commas, such as 123.7,116.3,103.5"
        ) from error
