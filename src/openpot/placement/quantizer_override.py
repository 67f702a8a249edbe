"""What a user states about the quantizers of one kind, laid over the entries of a hardware table."""

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
    """The entries that agree with the override, and True; or all of them with the override laid over, and False.

    Entries that become equal are given once.
    """
    agreeing = tuple(config for config in allowed if _agrees(override, config))
    if agreeing:
        return agreeing, True
    return tuple(dict.fromkeys(lay_over(override, config) for config in allowed)), False


def lay_over(override: QuantizerOverrideConfig, config: QuantizerConfig) -> QuantizerConfig:
    """``config`` with the stated properties; its levels go where they belong to other bits or another mode."""
    if override.bits not in (None, config.num_bits) or override.mode not in (None, config.mode):
        config = replace(config, level_low=None, level_high=None, signed=None)
    return replace(config, **_stated_properties(override, config))


def _agrees(override: QuantizerOverrideConfig, config: QuantizerConfig) -> bool:
    """Whether a table entry has everything that is stated."""
    return all(getattr(config, name) == value for name, value in _stated_properties(override, config).items())


def _stated_properties(override: QuantizerOverrideConfig, config: QuantizerConfig) -> dict[str, Any]:
    """The stated properties by the names of QuantizerConfig; a granularity gets the axes that ``config`` knows."""
    values = {
        "num_bits": override.bits,
        "mode": override.mode,
        "granularity": None if override.granularity is None else _with_axes(override.granularity, config.granularity),
        "level_low": override.level_low,
        "level_high": override.level_high,
    }
    return {name: value for name, value in values.items() if value is not None}


def _with_axes(stated: Granularity, known: Granularity) -> Granularity:
    if is_same_kind(stated, known):
        return known
    return stated if isinstance(stated, PerTensor) or isinstance(known, PerTensor) else PerChannel(known.axis)
