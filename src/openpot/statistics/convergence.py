"""Whether statistics have converged, so that calibration can end: twice the samples changed next to nothing.

Extremes and means over exchangeable samples change less with every doubling if they converge at all; ranges with heavy
tails go on growing, and then all samples are used. How much the last doubling changed is what one more is expected to
change at most.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from openpot.errors import DataError
from openpot.graph.tensor_id import TensorId
from openpot.statistics.spec import StatisticSpec
from openpot.statistics.summary import SpecSummary
from openpot.typing_aliases import Array

FIRST_CHECK = 64
"""Convergence is not claimed before so many inferences: half of them have to represent the data, too."""

SMALL_CHANGE = 0.02
"""Mean change over all tensors, as a share of their largest absolute value: 2 % of a range are 0.2 dB of rounding."""


class Convergence:
    """Asked after every inference of a pass; the answer does not depend on how many requests run at once.

    Args:
        summary: takes in the statistics.
    """

    def __init__(self, summary: SpecSummary) -> None:
        self._summary = summary
        self._earlier: dict[int, Mapping[StatisticSpec, Array]] = {}

    def is_enough(self, count: int) -> bool:
        """Whether ``count`` inferences, all that were made so far, are enough."""
        if 2 * count < FIRST_CHECK or not _is_checkpoint(count):
            return False
        try:
            now = self._summary.compute_answers()
        except DataError:  # a tensor that had no element yet
            return False
        self._earlier[count] = now
        before = self._earlier.get(count // 2)
        return count >= FIRST_CHECK and before is not None and compute_mean_change(before, now) <= SMALL_CHANGE


def compute_mean_change(before: Mapping[StatisticSpec, Array], now: Mapping[StatisticSpec, Array]) -> float:
    """Mean over the tensors of the largest change of their statistics, as a share of their largest absolute value."""
    scales: dict[TensorId, float] = {}
    changes: dict[TensorId, float] = {}
    for spec, values in now.items():
        scales[spec.tensor] = max(scales.get(spec.tensor, 0.0), float(np.abs(values).max()))
        changes[spec.tensor] = max(changes.get(spec.tensor, 0.0), float(np.abs(values - before[spec]).max()))
    return float(np.mean([change / scales[tensor] if change else 0.0 for tensor, change in changes.items()]))


def _is_checkpoint(count: int) -> bool:
    """Powers of two, and these times three: each has its half among them."""
    odd = count >> (count & -count).bit_length() - 1
    return odd == 1 or (odd == 3 and count % 2 == 0)
