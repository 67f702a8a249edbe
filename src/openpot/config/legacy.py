"""POT's spellings of keys and values, and what they mean here: the only place that knows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openpot.config.target_devices import target_devices

PRESET_ALIASES: Mapping[str, str] = {"symmetric": "performance", "asymmetric": "accuracy"}
"""Older names of presets."""

POT_KEYS: Mapping[str, str] = {"random_seed": "layer-wise tuning"}
"""Keys of POT that no configuration of openpot has, and what they belong to."""


def current_preset(value: Any) -> Any:
    """A preset in any case and under any of its names; what is no text is returned as it is."""
    if not isinstance(value, str):
        return value
    lowered = value.strip().lower()
    return PRESET_ALIASES.get(lowered, lowered)


def command_line_preset(value: Any, target_device: str) -> Any:
    """A preset as POT's command line took it for a device; what is neither a preset nor a device is left as it is."""
    preset, device = current_preset(value), target_devices().get(target_device.upper())
    return preset if device is None else device.command_line_presets.get(preset, preset)


def current_model_type(value: Any) -> Any:
    """``transformer`` in any case; POT's files write the absence of a type as the text ``None``."""
    if not isinstance(value, str):
        return value
    lowered = value.strip().lower()
    return None if lowered in ("none", "") else lowered


def current_saturation_fix(value: Any) -> Any:
    """``first_layer``, ``all`` or ``no``; files that were YAML once hold false for ``no``."""
    return "no" if value is False else value.strip().lower() if isinstance(value, str) else value
