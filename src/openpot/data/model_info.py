"""What a model says about the images that it takes: the ``model_info`` of Model API, as Ultralytics and Geti write it.

The images of Model API come in BGR, so ``reverse_input_channels`` means RGB. ``mean_values`` and ``scale_values`` are
those of pixels from 0 to 255; a model that names neither of them, but other steps, takes the pixels as they are. With
``embedded_processing`` all steps are in the graph already.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from openpot.data.image_steps import ChannelOrder, ImageLayout, Padding
from openpot.data.input_description import InputDescription
from openpot.errors import OpenPotWarning

T = TypeVar("T")

STEPS = ("mean_values", "scale_values", "reverse_input_channels", "resize_type", "pad_value", "intensity_mode")
_RESIZE_TYPES = {
    "standard": (False, Padding.NONE),
    "crop": (True, Padding.NONE),
    "fit_to_window": (True, Padding.END),
    "fit_to_window_letterbox": (True, Padding.BOTH),
}
_WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_BETWEEN_NUMBERS = re.compile(r"[\s,;()\[\]]+")
_FULL_PIXEL = 255.0


def read_layout(description: InputDescription) -> ImageLayout | None:
    """The order of the axes of one image as the input declares it; None if it does not."""
    letters = re.sub(r"[^A-Z]", "", description.layout.upper()).removeprefix("N")
    return ImageLayout(letters) if letters in list(ImageLayout) else None


def read_steps(description: InputDescription, channels: int) -> dict[str, Any]:
    """The attributes of an ``ImagePreprocessing`` that a model states; what cannot be understood is left to a guess.

    Args:
        description: an image input.
        channels: how many channels its images have.
    """
    metadata = {name: value for name, value in description.model_info.items() if name in STEPS}
    if _read(description.model_info, "embedded_processing", _to_bool):
        return {"mean": (), "scale": (), **({} if channels == 1 else {"channel_order": ChannelOrder.BGR})}
    if not metadata:
        return {}
    steps: dict[str, Any] = {}
    if description.is_float:
        steps |= _read_normalisation(metadata, channels)
    is_reversed = _read(metadata, "reverse_input_channels", _to_bool)
    if is_reversed is not None and channels != 1:
        steps["channel_order"] = ChannelOrder.RGB if is_reversed else ChannelOrder.BGR
    return steps | _fit(metadata)


def _read_normalisation(metadata: Mapping[str, Any], channels: int) -> dict[str, Any]:
    """Mean and scale in units of pixels from 0 to 255; empty if one of them cannot be understood."""
    if metadata.get("intensity_mode") not in (None, "", "scale_to_unit"):
        _warn("intensity_mode", metadata["intensity_mode"], "scale_to_unit")
        return {}
    unit = _FULL_PIXEL if metadata.get("intensity_mode") else 1.0
    mean = _read(metadata, "mean_values", lambda value: _to_numbers(value, channels), (0.0,) * channels)
    scale = _read(metadata, "scale_values", lambda value: _to_divisors(value, channels), (1.0,) * channels)
    if mean is None or scale is None:
        return {}
    return {"mean": tuple(number * unit for number in mean), "scale": tuple(number * unit for number in scale)}


def _fit(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """How an image is brought to the size of the input. A value to fill up with, and no type, is a letterbox (YOLO)."""
    otherwise = "fit_to_window_letterbox" if "pad_value" in metadata else "standard"
    fit = _read(metadata, "resize_type", _RESIZE_TYPES.__getitem__, _RESIZE_TYPES[otherwise])
    if fit is None:
        return {}
    pad_value = _read(metadata, "pad_value", lambda value: round(_to_numbers(value, 1)[0]), 0)
    return {"keeps_aspect_ratio": fit[0], "padding": fit[1], "pad_value": pad_value or 0}


def _read(metadata: Mapping[str, Any], name: str, parse: Callable[[Any], T], otherwise: T | None = None) -> T | None:
    """A value, ``otherwise`` if it is not stated, and None, with a warning, if it cannot be understood."""
    if name not in metadata:
        return otherwise
    try:
        return parse(metadata[name])
    except (ValueError, KeyError, TypeError):
        _warn(name, metadata[name])
        return None


def _warn(name: str, value: object, expected: str = "") -> None:
    only = f" (only {expected} is)" if expected else ""
    text = f"model_info of the model: {name} {value!r} is not understood{only}, and guessed instead"
    warnings.warn(text, OpenPotWarning, stacklevel=2)


def _to_bool(value: Any) -> bool:
    return _WORDS[str(value).strip().lower()]


def _to_numbers(value: Any, count: int) -> tuple[float, ...]:
    """So many numbers out of a text or a list; a single one stands for all."""
    parts = _BETWEEN_NUMBERS.split(str(value).strip()) if isinstance(value, str) else value
    parts = list(parts) if isinstance(parts, list | tuple) else [parts]
    numbers = [float(part) for part in parts if part != ""]
    if len(numbers) not in (1, count) and not (count == 1 and len(set(numbers)) == 1):
        raise ValueError(value)
    return tuple(numbers * count if len(numbers) == 1 else numbers[:count])


def _to_divisors(value: Any, count: int) -> tuple[float, ...]:
    numbers = _to_numbers(value, count)
    if 0 in numbers:
        raise ValueError(value)
    return numbers
