"""Images as POT's simplified mode took them: pixels in BGR, stretched to the input, neither mean nor scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from openpot.data.image_folder import ImageLoader, find_image_input, make_simplified_preprocessing
from openpot.data.image_preprocessing import ChannelOrder, ImageLayout, guess_preprocessing
from openpot.data.input_description import InputDescription, format_shape
from openpot.errors import DataError

_CHANNELS = (1, 3, None)


def open_simplified_images(
    config: Mapping[str, Any], inputs: Sequence[InputDescription], declared_layouts: Mapping[str, str] | None = None
) -> ImageLoader:
    """The images of ``config['data_source']`` for a model with one image input, perhaps beside one for its size.

    Args:
        config: ``data_source``, and perhaps ``layout`` and ``central_fraction``.
        inputs: the model's inputs.
        declared_layouts: what the model itself says about its inputs, by their names; the configuration goes first, and
            where neither says anything the layout follows from the axis that has 1 or 3 channels.

    Raises:
        DataError: the model does not take images, there are none, or the layout does not fit the input.
        ConfigError: there is no such layout.
        MissingExtraError: Pillow is not installed.
    """
    given = find_image_input(inputs)
    text = config.get("layout") or (declared_layouts or {}).get(given.name)
    steps = make_simplified_preprocessing(text or None, config.get("central_fraction") or None)
    choices: dict[str, Any] = {"layout": steps.layout} if text else {}
    guess = guess_preprocessing(given, **choices)
    _check_layout(guess.layout, given)
    order = ChannelOrder.GREY if guess.channel_order == ChannelOrder.GREY else steps.channel_order
    return ImageLoader(config, replace(steps, layout=guess.layout, size=guess.size, channel_order=order))


def find_channels(given: InputDescription, layout: str | None = None) -> int | None:
    """How many channels an image input takes in a layout (default: guessed); None where that is open.

    Raises:
        DataError: the layout cannot be guessed.
        ConfigError: there is no such layout.
    """
    choices: dict[str, Any] = {"layout": ImageLayout.from_text(layout)} if layout else {}
    return guess_preprocessing(given, **choices).layout.read_sizes((given.shape or ())[-3:])[0]


def _check_layout(layout: ImageLayout, given: InputDescription) -> None:
    shape = given.shape or ()
    channels = layout.read_sizes(shape[-3:])[0]
    if channels not in _CHANNELS:
        raise DataError(
            f"the layout {layout} does not fit the input {given.name!r} with shape {format_shape(shape)}: its axis C "
            f"would have {channels} channels, images have 1 or 3"
        )
