"""By how much a metric changed from one model to another on the same samples, and how certain that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from openpot.data.sample_scores import SampleScores
from openpot.numerics.bootstrap import bootstrap_interval, bootstrap_paired_change, compute_pseudo_values
from openpot.typing_aliases import Array

GROUPS = 20
"""So many groups of samples are left out in turn where a metric is not the mean over samples: its value is computed
twice as often."""


@dataclass(frozen=True)
class MetricChange:
    """The change of one value.

    Attributes:
        change: after minus before.
        lower: lower end of its 95 % interval; None where the metric does not tell the values of single samples.
        upper: the upper end.
        samples: how many were compared.
    """

    change: float
    lower: float | None = None
    upper: float | None = None
    samples: int = 0

    @property
    def interval(self) -> tuple[float, float] | None:
        """Both ends."""
        return None if self.lower is None or self.upper is None else (self.lower, self.upper)


def compare_metrics(
    before: Mapping[str, float],
    after: Mapping[str, float],
    scores_before: Mapping[str, SampleScores],
    scores_after: Mapping[str, SampleScores],
) -> dict[str, MetricChange]:
    """The change of every value that both models have.

    Args:
        before: the values of one model.
        after: those of the other.
        scores_before: what its metric said about single samples, by name of the value, as far as it does.
        scores_after: the same for the other model.
    """
    return {
        name: _measure_change(before[name], after[name], scores_before.get(name), scores_after.get(name))
        for name in before
        if name in after
    }


def _measure_change(
    before: float, after: float, scores_before: SampleScores | None, scores_after: SampleScores | None
) -> MetricChange:
    if scores_before is None or scores_after is None or len(scores_before.evidence) != len(scores_after.evidence):
        return MetricChange(after - before)
    count = len(scores_before.evidence)
    if count < 2:
        return MetricChange(after - before, samples=count)
    is_mean = scores_before.is_mean() and scores_after.is_mean()
    take_apart = _list_values if is_mean else _leave_out_groups
    interval = bootstrap_paired_change(take_apart(scores_before), take_apart(scores_after))
    return MetricChange(after - before, *interval, count)


def estimate_interval(scores: SampleScores) -> tuple[float, float] | None:
    """The 95 % interval of a value when samples are drawn anew; None for a single sample.

    Among hits and misses alone two of each are added, as in the interval for a proportion of Agresti and Coull
    ("Approximate is better than exact", 1998): all hits on few samples are not certain to be all hits on others.
    """
    if len(scores.evidence) < 2:
        return None
    values = _list_values(scores) if scores.is_mean() else _leave_out_groups(scores)
    if np.isin(values, (0.0, 1.0)).all():
        values = np.concatenate([values, [1.0, 1.0, 0.0, 0.0]])
    return bootstrap_interval(values, np.ones(len(values)))


def _list_values(scores: SampleScores) -> Array:
    return np.asarray(scores.list_values())


def _leave_out_groups(scores: SampleScores) -> Array:
    """Pseudo-values of groups of samples. Each group is spread over the data set, which may be sorted by class."""
    count = len(scores.evidence)
    groups = min(GROUPS, count)
    without = [
        scores.compute_value([entry for number, entry in enumerate(scores.evidence) if number % groups != left_out])
        for left_out in range(groups)
    ]
    return compute_pseudo_values(scores.compute_value(scores.evidence), np.asarray(without))
