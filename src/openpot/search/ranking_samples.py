"""Which samples score what goes back to float: those on which the quantized model lost most."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from openpot.search.accuracy_target import MetricLimit

POT_SIZE = 300
"""How many samples POT took; more are never taken unless they are asked for."""
RANKING_INFERENCES = 1000
"""About how many inferences a ranking may take unless a number of samples is stated."""
FEWEST_SAMPLES = 8
"""Fewer than these say little."""


def choose_ranking_size(stated: int | None, num_units: int, available: int) -> int:
    """How many samples score ``num_units`` units."""
    affordable = min(max(RANKING_INFERENCES // max(num_units, 1), FEWEST_SAMPLES), POT_SIZE)
    return min(stated or affordable, available)


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
    losses = {sample: _loss(value, after.get(sample), sign) for sample, value in before.items()}
    return sorted(sorted(losses, key=lambda sample: (-losses[sample], sample))[:count])


def sample_randomly(available: int, share: float, seed: int) -> list[int]:
    """A share of the samples, drawn by ``seed`` alone; at least one."""
    count = min(max(round(share * available), 1), available)
    return sorted(random.Random(seed).sample(range(available), count))  # noqa: S311  no secret


def _loss(before: float | None, after: float | None, sign: float) -> float:
    return 0.0 if before is None or after is None else sign * (before - after)


def numbered(values: Sequence[float | None]) -> dict[int, float | None]:
    """Values by sample."""
    return dict(enumerate(values))
