"""How fast the result should be: a latency in milliseconds, a share of the float model's, or a speedup."""

from __future__ import annotations

import math
from dataclasses import dataclass

from openpot.errors import ConfigError
from openpot.typing_aliases import StrPath


@dataclass(frozen=True)
class LatencyGoal:
    """What latency is asked for; nothing stated asks for the smallest.

    Attributes:
        max_latency: milliseconds of one inference, or a share of the float model's as ``"0.5x"``.
        min_speedup: how many times faster than the float model.
        times: file of recorded times, read if it is there and written afterwards.

    Raises:
        ConfigError: a number is not positive, or both are stated.
    """

    max_latency: float | str | None = None
    min_speedup: float | None = None
    times: StrPath | None = None

    def __post_init__(self) -> None:
        if self.max_latency is not None and self.min_speedup is not None:
            raise ConfigError("max_latency and min_speedup are two limits of one thing: state one of them")
        if self.max_latency is not None:
            parse_latency(self.max_latency)
        if self.min_speedup is not None and not (math.isfinite(self.min_speedup) and self.min_speedup > 0):
            raise ConfigError(f"min_speedup must be a positive number such as 1.5, got {self.min_speedup!r}")

    @property
    def is_stated(self) -> bool:
        """Whether there is a limit."""
        return self.max_latency is not None or self.min_speedup is not None

    def to_seconds(self, float_seconds: float) -> float | None:
        """The longest latency that is allowed; None without a limit."""
        if self.min_speedup is not None:
            return float_seconds / self.min_speedup
        if self.max_latency is None:
            return None
        number, is_share = parse_latency(self.max_latency)
        return number * float_seconds if is_share else number / 1000


def parse_latency(text: float | str) -> tuple[float, bool]:
    """A latency as a number, and whether that is a share of the float model's (else milliseconds).

    Raises:
        ConfigError: it is neither.
    """
    written = str(text).strip().lower()
    try:
        number = float(written.removesuffix("x").removesuffix("ms"))
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and number > 0) or isinstance(text, bool):
        raise ConfigError(
            f"max_latency must be milliseconds such as 12.5, or a share of FP32's latency such as '0.5x', got {text!r}"
        )
    return number, written.endswith("x")
