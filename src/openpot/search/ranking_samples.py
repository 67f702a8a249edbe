"""Which samples score units: those on which the quantized model lost most."""

from __future__ import annotations

import random
from collections.abc import Mapping

from openpot.search.accuracy_target import MetricLimit

POT_SIZE = 300
"""How many samples POT took; more are never taken unless the user asks for them."""
RANKING_INFERENCES = 1000
"""About how many inferences a ranking may take unless the user sets a number of samples."""
FEWEST_SAMPLES = 8
"""Fewer than these say little."""


def choose_ranking_size(requested: int | None, num_units: int, available: int) -> int:
    """How many samples score ``num_units`` units."""
    affordable = min(max(RANKING_INFERENCES // max(num_units, 1), FEWEST_SAMPLES), POT_SIZE)
    return min(requested or affordable, available)


def find_worst_samples(
    before: Mapping[int, float | None], after: Mapping[int, float | None], limit: MetricLimit, count: int
) -> list[int]:
    """The samples that lost most, in the order of the data set; of equals the first ones.

    Args:
        before: value of each sample with the original model.
        after: the same with the quantized one.
        limit: the metric.
        count: how many are wanted.
    """
    sign = 1.0 if limit.higher_better else -1.0
    losses = {sample: _compute_loss(value, after.get(sample), sign) for sample, value in before.items()}
    return sorted(sorted(losses, key=lambda sample: (-losses[sample], sample))[:count])


def sample_randomly(available: int, share: float, seed: int) -> list[int]:
    """A share of the samples, at least one, that depends on ``seed`` alone."""
    count = min(max(round(share * available), 1), available)
    return sorted(random.Random(seed).sample(range(available), count))  # noqa: S311  no secret


def _compute_loss(before: float | None, after: float | None, sign: float) -> float:
    return 0.0 if before is None or after is None else sign * (before - after)
