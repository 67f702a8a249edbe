"""The user's options for quantizers of one kind, applied to the entries of a hardware table."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from openpot.config.quantizer import QuantizerConfig
from openpot.scheme import Granularity, PerChannel, PerTensor, is_same_kind

if TYPE_CHECKING:
    from openpot.config.quantizer_override import QuantizerOverrideConfig


def choose_entries(
    override: QuantizerOverrideConfig, allowed: tuple[QuantizerConfig, ...]
) -> tuple[tuple[QuantizerConfig, ...], bool]:
    """The entries that have what the options ask for, and True.

    If there are none: all entries with the options applied, each once, and False.
    """
    agreeing = tuple(config for config in allowed if _has_options(override, config))
    if agreeing:
        return agreeing, True
    return tuple(dict.fromkeys(apply_override(override, config) for config in allowed)), False


def apply_override(override: QuantizerOverrideConfig, config: QuantizerConfig) -> QuantizerConfig:
    """``config`` with the options applied; its own levels are dropped if they belong to other bits or another mode."""
    if override.bits not in (None, config.num_bits) or override.mode not in (None, config.mode):
        config = replace(config, level_low=None, level_high=None, signed=None)
    return replace(config, **_set_options(override, config))


def _has_options(override: QuantizerOverrideConfig, config: QuantizerConfig) -> bool:
    """Whether a table entry has everything that the options ask for."""
    return all(getattr(config, name) == value for name, value in _set_options(override, config).items())


def _set_options(override: QuantizerOverrideConfig, config: QuantizerConfig) -> dict[str, Any]:
    """The options that are set, by the names of QuantizerConfig; a granularity gets the axes that ``config`` has."""
    values = {
        "num_bits": override.bits,
        "mode": override.mode,
        "granularity": None if override.granularity is None else _take_axes(override.granularity, config.granularity),
        "level_low": override.level_low,
        "level_high": override.level_high,
    }
    return {name: value for name, value in values.items() if value is not None}


def _take_axes(wanted: Granularity, known: Granularity) -> Granularity:
    if is_same_kind(wanted, known):
        return known
    return wanted if isinstance(wanted, PerTensor) or isinstance(known, PerTensor) else PerChannel(known.axis)
