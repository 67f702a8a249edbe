"""The shared words of quantization: mode and granularity."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class QuantizationMode(StrEnum):
    """How the real range maps to integers: around zero, or with a zero point."""

    SYMMETRIC = "symmetric"
    ASYMMETRIC = "asymmetric"


@dataclass(frozen=True)
class PerTensor:
    """One pair of limits for the whole tensor."""

    def __str__(self) -> str:
        return "per tensor"


@dataclass(frozen=True)
class PerChannel:
    """One pair of limits for each index along ``axis``, or along several axes (grouped weights)."""

    axis: int | tuple[int, ...]

    @property
    def axes(self) -> tuple[int, ...]:
        """The axes that keep their length."""
        return (self.axis,) if isinstance(self.axis, int) else self.axis

    def __str__(self) -> str:
        return f"per channel (axis {self.axis})"


Granularity = PerTensor | PerChannel
