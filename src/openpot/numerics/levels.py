"""Number of bits to integer levels: ``levels = level_high - level_low + 1``."""

from __future__ import annotations

from openpot.errors import ConfigError
from openpot.scheme import QuantizationMode

MIN_BITS, MAX_BITS = 2, 32
"""32 bits are what the GNA device takes for biases."""


def find_level_bounds(
    num_bits: int,
    mode: QuantizationMode,
    is_weights: bool,
    level_low: int | None = None,
    level_high: int | None = None,
) -> tuple[int, int]:
    """Lowest and highest integer level.

    Symmetric weights leave the lowest integer out, so that the range is the same to both sides and products in 8-bit
    arithmetic need no zero point: 255 levels for 8 bits. Everything else uses them all.

    Args:
        num_bits: width of the integer type, 2 to 32.
        mode: symmetric or asymmetric.
        is_weights: whether constants are quantized.
        level_low: what the user stated instead of the default, at most 0.
        level_high: what the user stated instead of the default, at least 0.

    Raises:
        ConfigError: the width is impossible or zero is not among the levels.
    """
    if not MIN_BITS <= num_bits <= MAX_BITS:
        raise ConfigError(f"bits must lie in {MIN_BITS}..{MAX_BITS}, given {num_bits}")
    narrow = is_weights and mode == QuantizationMode.SYMMETRIC
    low = -(2 ** (num_bits - 1)) + int(narrow) if level_low is None else level_low
    high = 2 ** (num_bits - 1) - 1 if level_high is None else level_high
    count_levels_between(low, high)
    return low, high


def count_levels_between(level_low: int, level_high: int) -> int:
    """Number of integers from ``level_low`` to ``level_high``.

    Raises:
        ConfigError: zero is not among them, or there are fewer than two.
    """
    if not level_low <= 0 <= level_high or level_low == level_high:
        raise ConfigError(
            f"level_low must be at most 0 and level_high at least 0, not both 0; given {level_low} and {level_high}"
        )
    return level_high - level_low + 1
