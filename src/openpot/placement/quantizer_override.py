"""What a user states about the quantizers of one kind, complete or not, laid over the entries of a hardware table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from openpot.config.channel_scope import ChannelScope
from openpot.config.quantizer import QuantizerConfig
from openpot.errors import ConfigError, UnknownNameError, nearest_name_hint
from openpot.numerics.levels import level_bounds
from openpot.scheme import QuantizationMode

_KEYS = {
    "bits": "num_bits",
    "mode": "mode",
    "granularity": "scope",
    "level_low": "level_low",
    "level_high": "level_high",
}
_ELSEWHERE = frozenset({"range_estimator"})
"""Keys of the same dictionary that say nothing about placement."""


@dataclass(frozen=True)
class QuantizerOverride:
    """The stated properties; None is "as in the table"."""

    num_bits: int | None = None
    mode: QuantizationMode | None = None
    scope: ChannelScope | None = None
    level_low: int | None = None
    level_high: int | None = None

    @property
    def stated(self) -> dict[str, Any]:
        """The properties that are stated, by the names of QuantizerConfig."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: value for name, value in values.items() if value is not None}

    def agrees_with(self, config: QuantizerConfig) -> bool:
        """Whether a table entry has everything that is stated."""
        return all(getattr(config, name) == value for name, value in self.stated.items())

    def laid_over(self, config: QuantizerConfig) -> QuantizerConfig:
        """``config`` with the stated properties; its levels go where they belong to other bits or another mode."""
        if self.num_bits not in (None, config.num_bits) or self.mode not in (None, config.mode):
            config = replace(config, level_low=None, level_high=None, signed=None)
        return replace(config, **self.stated)

    def choose(self, allowed: tuple[QuantizerConfig, ...]) -> tuple[tuple[QuantizerConfig, ...], bool]:
        """The entries that agree with the override, and True; or all of them with the override laid over, and False.

        Entries that become equal are given once.
        """
        agreeing = tuple(config for config in allowed if self.agrees_with(config))
        if agreeing:
            return agreeing, True
        return tuple(dict.fromkeys(self.laid_over(config) for config in allowed)), False


def parse_override(kind: str, stated: Mapping[str, Any] | None) -> QuantizerOverride:
    """The override in a ``weights``, ``activations`` or ``outputs`` dictionary of POT's keys.

    Raises:
        UnknownNameError: A key does not exist.
        ConfigError: A value is not possible.
    """
    values: dict[str, Any] = {}
    for key, value in (stated or {}).items():
        if value is None or key in _ELSEWHERE:
            continue
        if key not in _KEYS:
            raise UnknownNameError(f"{kind}.{key} does not exist; {nearest_name_hint(str(key), _KEYS)}")
        values[_KEYS[key]] = _parsed(f"{kind}.{key}", _KEYS[key], value)
    override = QuantizerOverride(**values)
    _check_levels(kind, override)
    return override


def _parsed(path: str, name: str, value: Any) -> Any:
    choices = {"mode": QuantizationMode, "scope": ChannelScope}.get(name)
    if choices is not None:
        if str(value) not in list(choices):
            raise ConfigError(f"{path} must be one of {', '.join(choices)}; given {value!r}")
        return choices(str(value))
    if isinstance(value, bool) or not isinstance(value, int):
        raise ConfigError(f"{path} must be a whole number, given {value!r}")
    return value


def _check_levels(kind: str, override: QuantizerOverride) -> None:
    mode = override.mode or QuantizationMode.SYMMETRIC
    try:
        level_bounds(override.num_bits or 8, mode, kind == "weights", override.level_low, override.level_high)
    except ConfigError as error:
        raise ConfigError(f"{kind}: {error}") from None
