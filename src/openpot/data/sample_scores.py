"""What a metric says about single samples, recorded while it is updated: how certain its value is follows from that."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from openpot.data.metric import Metric
from openpot.data.metrics.per_sample_metric import PerSampleMetric
from openpot.data.several_metrics import SeveralMetrics

ROUNDING = 1e-6
"""Relative difference up to which the mean of the samples' values is the value of the metric."""


@dataclass(frozen=True, eq=False)
class SampleScores:
    """One value of a metric, taken apart by sample.

    Attributes:
        evidence: what was kept of each sample, in the order of the data.
        compute_value: the value over any of these.
    """

    evidence: tuple[Any, ...]
    compute_value: Callable[[Sequence[Any]], float]

    def is_mean(self) -> bool:
        """Whether the value is the mean of those of the single samples."""
        mean = math.fsum(self.list_values()) / len(self.evidence)
        return math.isclose(mean, self.compute_value(self.evidence), rel_tol=ROUNDING, abs_tol=1e-12)

    def list_values(self) -> list[float]:
        """The value of each sample alone."""
        return [self.compute_value([entry]) for entry in self.evidence]


class RecordingMetric(Metric):
    """Shows everything to another metric and records what that says about single samples.

    Args:
        metric: the metric that counts.

    Attributes:
        scores: by name of the value, those that can be taken apart; set when ``avg_value`` is read.
        samples: how many the metric was shown; samples without an annotation are not.
    """

    def __init__(self, metric: Metric) -> None:
        self._metric = metric
        self.scores: dict[str, SampleScores] = {}
        self.samples = 0
        self._shown = 0
        self._parts = [_Part(member) for member in list_members(metric)]
        super().__init__()

    @property
    def value(self) -> dict[str, Any]:
        """Values for the samples of the last update."""
        return self._metric.value

    @property
    def avg_value(self) -> dict[str, Any]:
        """Values over everything since the last reset; the records are complete now."""
        values = self._metric.avg_value
        self.samples = self._shown
        self.scores = {name: scores for part in self._parts for name, scores in part.list_scores(values).items()}
        return values

    @property
    def higher_better(self) -> bool:
        """Whether a larger value is a better one."""
        return self._metric.higher_better

    def update(self, output: Any, target: Any) -> None:
        """Show one inference to the metric."""
        self._metric.update(output, target)
        self._shown += len(target)
        for part in self._parts:
            part.record(len(target))

    def reset(self) -> None:
        """Forget everything but the scores that are complete."""
        self._metric.reset()
        self._shown = 0
        for part in self._parts:
            part.forget()

    def get_attributes(self) -> dict[str, dict[str, Any]]:
        """The facts about all values."""
        return self._metric.get_attributes()


def restore_scores(metric: Metric, evidence: Mapping[str, Sequence[Any]]) -> dict[str, SampleScores]:
    """The scores that a metric gave, from their evidence by name of the value."""
    functions = {
        name: member.compute_value if isinstance(member, PerSampleMetric) else _compute_mean
        for member in list_members(metric)
        for name in member.get_attributes()
    }
    return {name: SampleScores(tuple(entries), functions[name]) for name, entries in evidence.items()}


def list_members(metric: Metric) -> tuple[Metric, ...]:
    """The metrics that a metric consists of."""
    return metric.metrics if isinstance(metric, SeveralMetrics) else (metric,)


class _Part:
    """One metric, and what it said after each update: evidence if it is a ready-made one, else values."""

    def __init__(self, metric: Metric) -> None:
        self._metric = metric
        self.forget()

    def forget(self) -> None:
        self._evidence: list[Any] = []
        self._values: dict[str, list[float]] | None = {}

    def record(self, count: int) -> None:
        if isinstance(self._metric, PerSampleMetric):
            self._evidence += self._metric.last_evidence
        elif self._values is not None:
            self._values = _add_values(self._values, self._metric, count)

    def list_scores(self, values: dict[str, Any]) -> dict[str, SampleScores]:
        if isinstance(self._metric, PerSampleMetric):
            return {
                name: SampleScores(tuple(self._evidence), self._metric.compute_value)
                for name in self._metric.get_attributes()
            }
        listed = {name: SampleScores(tuple(given), _compute_mean) for name, given in (self._values or {}).items()}
        return {name: scores for name, scores in listed.items() if _agrees(scores, values.get(name))}


def _add_values(known: dict[str, list[float]], metric: Metric, count: int) -> dict[str, list[float]] | None:
    """The values so far and those of the last update; None if the metric does not tell one for each sample."""
    try:
        latest = {name: np.asarray(value, np.float64).reshape(-1) for name, value in metric.value.items()}
    except Exception:  # whatever a metric of the user's raises: values of samples are a bonus
        return None
    if any(len(entries) != count for entries in latest.values()):
        return None
    return {name: known.get(name, []) + entries.tolist() for name, entries in latest.items()}


def _compute_mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def _agrees(scores: SampleScores, value: Any) -> bool:
    """Whether the mean over samples is what the metric says about all of them."""
    if not scores.evidence or np.size(value) != 1:
        return False
    mean = scores.compute_value(scores.evidence)
    return bool(np.isclose(mean, np.asarray(value, np.float64).reshape(()), rtol=ROUNDING, atol=1e-12))
