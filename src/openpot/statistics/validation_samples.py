"""Which samples judge what was fitted on the others."""

from __future__ import annotations

VALIDATION_PATTERN = (False, False, True, False, True)
"""Which of five samples in a row judge; the others fit. Shifts of layers hardly gain from more than a dozen fitting
samples (``docs/accuracy.md``), errors are told better by more judging ones."""


def choose_validation_positions(count: int) -> list[int]:
    """Which of so many samples judge."""
    return [position for position in range(count) if VALIDATION_PATTERN[position % len(VALIDATION_PATTERN)]]
