"""Which items judge what was fitted on the others."""

from __future__ import annotations

JUDGING_PATTERN = (False, False, True, False, True)
"""Which of five items in a row judge; the others fit. Shifts of layers hardly gain from more than a dozen fitting
items (``docs/accuracy.md``), errors are told better by more judging ones."""


def judging_positions(count: int) -> list[int]:
    """Which of so many items judge."""
    return [position for position in range(count) if JUDGING_PATTERN[position % len(JUDGING_PATTERN)]]
