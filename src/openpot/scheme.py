"""The shared words of quantization: mode and granularity."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from openpot.errors import ConfigError


class QuantizationMode(StrEnum):
    """How the real range maps to integers: around zero, or with a zero point."""

    SYMMETRIC = "symmetric"
    ASYMMETRIC = "asymmetric"


@dataclass(frozen=True)
class PerTensor:
    """One pair of limits for the whole tensor."""

    key = "pertensor"
    axes = ()

    def __str__(self) -> str:
        return "per tensor"


@dataclass(frozen=True)
class PerChannel:
    """One pair of limits for each index along the channel axis, or along several (weights of grouped convolutions).

    Configurations and hardware tables do not know the tensor: there the axis is None, until placement finds it.
    """

    axis: int | tuple[int, ...] | None = None

    key = "perchannel"

    @property
    def axes(self) -> tuple[int, ...]:
        """The axes that keep their length."""
        return _to_axes(self.axis)

    def __str__(self) -> str:
        return "per channel" if self.axis is None else f"per channel (axis {self.axis})"


@dataclass(frozen=True)
class PerGroup:
    """One pair of limits for every ``size`` neighbours along the summed axis of a channel: weights of few bits.

    Attributes:
        size: neighbours that share their limits; the length of the axis ``along`` is a multiple of it.
        axis: the channel axis or axes, as in :class:`PerChannel`.
        along: the axis that is cut into groups; None until placement finds it.
    """

    size: int
    axis: int | tuple[int, ...] | None = None
    along: int | None = None

    @property
    def key(self) -> str:
        """As hardware tables write it."""
        return f"pergroup:{self.size}"

    @property
    def axes(self) -> tuple[int, ...]:
        """The channel axes, which keep their length."""
        return _to_axes(self.axis)

    def __str__(self) -> str:
        return f"per group of {self.size}" + ("" if self.along is None else f" (axis {self.along})")


Granularity = PerTensor | PerChannel | PerGroup
"""How many values share one pair of limits. ``key`` is its name in configurations and hardware tables."""


def parse_granularity(key: str) -> Granularity:
    """The granularity that a hardware table names: ``pertensor``, ``perchannel`` or ``pergroup:<size>``.

    Raises:
        ConfigError: there is no such granularity.
    """
    name, _, size = key.partition(":")
    if name == "pergroup" and size.isdecimal() and int(size) > 1:
        return PerGroup(int(size))
    plain: dict[str, Granularity] = {PerTensor.key: PerTensor(), PerChannel.key: PerChannel()}
    if key not in plain:
        raise ConfigError(f"granularity must be 'pertensor', 'perchannel' or 'pergroup:<size>', given {key!r}")
    return plain[key]


def is_same_kind(left: Granularity, right: Granularity) -> bool:
    """Whether two granularities are the same wherever their channels lie."""
    return left.key == right.key


def _to_axes(axis: int | tuple[int, ...] | None) -> tuple[int, ...]:
    return () if axis is None else (axis,) if isinstance(axis, int) else axis
