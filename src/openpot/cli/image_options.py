"""The options of the command line that say how image files become the input of a model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from openpot.errors import ConfigError, suggest_nearest_name

if TYPE_CHECKING:
    from openpot.data.image_preprocessing import ChannelOrder

Layout: TypeAlias = Annotated[
    str | None, typer.Option(help="Of images: NCHW or NHWC. Default: by the model, or guessed.")
]
ChannelOrderName: TypeAlias = Annotated[
    str | None, typer.Option(help="Of images: RGB, BGR or grey. Default: by the model, or guessed.")
]
Mean: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="A,B,C",
        help="Subtracted from pixels in 0..255; one value counts for all channels. Default: by the model, or guessed.",
    ),
]
Scale: TypeAlias = Annotated[
    str | None, typer.Option(metavar="A,B,C", help="Divides what remains, likewise. Default: by the model, or guessed.")
]

ResizeName: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--resize",
        help="How images get the input's proportions: crop, stretch or letterbox. Default: by the model, else crop.",
    ),
]
Letterbox: TypeAlias = Annotated[
    int | None, typer.Option(metavar="VALUE", help="Fill images up on both sides with this value, 0 to 255.")
]
InputShape: TypeAlias = Annotated[
    str | None,
    typer.Option(metavar="1,3,224,224", help="Of the image input, where the model leaves sizes open; it stays open."),
]


def collect_image_choices(
    layout: str | None = None,
    channel_order: str | None = None,
    mean: str | None = None,
    scale: str | None = None,
    resize: str | None = None,
    letterbox: int | None = None,
    input_shape: str | None = None,
) -> dict[str, Any]:
    """What the user chose, in the words of :func:`openpot.data.image_preprocessing.guess_preprocessing`.

    Args:
        layout: ``NCHW`` or ``NHWC``.
        channel_order: ``RGB``, ``BGR`` or ``grey``.
        mean: numbers separated by commas, one for each channel, subtracted from pixels in 0..255.
        scale: the same for the divisors.
        resize: ``crop``, ``stretch`` or ``letterbox``.
        letterbox: the value to fill up with; means ``letterbox``.
        input_shape: sizes separated by commas.

    Raises:
        ConfigError: a text cannot be understood, or two choices contradict each other.
    """
    from openpot.data.image_preprocessing import ImageLayout

    chosen: dict[str, Any] = {}
    if layout is not None:
        chosen["layout"] = ImageLayout.from_text(layout)
    if channel_order is not None:
        chosen["channel_order"] = _parse_channel_order(channel_order)
    for name, text in (("mean", mean), ("scale", scale)):
        if text is not None:
            chosen[name] = _parse_numbers(name, text)
    if input_shape is not None:
        chosen["input_shape"] = _parse_shape(input_shape)
    return chosen | _parse_fit(resize, letterbox)


def _parse_fit(resize: str | None, letterbox: int | None) -> dict[str, Any]:
    from openpot.data.image_preprocessing import Padding

    fits = {
        "crop": {"keeps_aspect_ratio": True, "padding": Padding.NONE},
        "stretch": {"keeps_aspect_ratio": False, "padding": Padding.NONE},
        "letterbox": {"keeps_aspect_ratio": True, "padding": Padding.BOTH},
    }
    if letterbox is not None and not 0 <= letterbox <= 255:
        raise ConfigError(f"--letterbox {letterbox}: expected the value of a pixel, 0 to 255")
    if letterbox is not None and resize not in (None, "letterbox"):
        raise ConfigError(f"--letterbox and --resize {resize} are two ways to resize: state one of them")
    name = "letterbox" if letterbox is not None else resize
    if name is None:
        return {}
    if name not in fits:
        raise ConfigError(f"--resize {name!r} does not exist; {suggest_nearest_name(name, fits)}")
    return {**fits[name], **({} if letterbox is None else {"pad_value": letterbox})}


def _parse_shape(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.strip("[]()").split(","))
    except ValueError as error:
        raise ConfigError(f"--input-shape {text!r}: expected sizes separated by commas, such as 1,3,224,224") from error


def _parse_channel_order(text: str) -> ChannelOrder:
    from openpot.data.image_preprocessing import ChannelOrder

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
