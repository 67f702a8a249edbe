"""The inputs of the calibration samples that validate, for decisions that are made after a trial."""

from __future__ import annotations

from collections.abc import Sequence

from openpot.inference.feeds import group_steps
from openpot.statistics.validation_samples import choose_validation_positions
from openpot.typing_aliases import Array


def select_validation_feeds(feeds: Sequence[dict[int, Array]]) -> list[dict[int, Array]]:
    """The inputs of those samples that validate."""
    steps = group_steps(feeds)
    return [feeds[position] for sample in choose_validation_positions(len(steps)) for position in steps[sample]]
