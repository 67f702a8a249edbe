"""Which samples validate what was fitted on the others."""

from __future__ import annotations

VALIDATION_PATTERN = (False, False, True, False, True)
"""Which of five samples in a row validate; bias shifts are fitted on the others. Shifts hardly gain from more than a
dozen fitting samples (``docs/accuracy.md``), while more validation samples make errors more certain."""
VALIDATION_PERIOD = 4
"""One in so many validates where single layers are fitted, which takes more samples."""


def choose_validation_positions(count: int) -> list[int]:
    """Which of ``count`` samples are validation samples, by position."""
    return [position for position in range(count) if VALIDATION_PATTERN[position % len(VALIDATION_PATTERN)]]


def is_validation_position(position: int) -> bool:
    """Whether the sample at a position validates fits of single layers."""
    return position % VALIDATION_PERIOD == VALIDATION_PERIOD - 1
