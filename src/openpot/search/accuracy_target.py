"""How much of each metric may be lost, and whether a model loses more: directions, drops, and limits."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from openpot.errors import MetricError, UnknownNameError, suggest_nearest_name

HIGHER_BETTER, HIGHER_WORSE = "higher-better", "higher-worse"

Metrics = Mapping[str, float]
"""Values by name."""


class NotFiniteMetricError(MetricError):
    """A metric gave NaN or infinity."""


@dataclass(frozen=True)
class MetricLimit:
    """One metric: the ``baseline``, and by how much it may be worse (``allowed``)."""

    name: str
    higher_better: bool
    baseline: float
    allowed: float

    def compute_drop(self, metrics: Metrics) -> float:
        """By how much it is worse than the baseline; negative if it is better."""
        change = self.baseline - metrics[self.name]
        return change if self.higher_better else -change

    def compute_excess(self, metrics: Metrics) -> float:
        """The drop beyond what is allowed, as a share of the baseline (of 1 if that is 0); within the limit up to 0."""
        return (self.compute_drop(metrics) - self.allowed - _allow_rounding(self.baseline)) / (
            abs(self.baseline) or 1.0
        )


@dataclass(frozen=True)
class AccuracyTarget:
    """The limits of all metrics; ``remarks`` say what is odd about them."""

    limits: tuple[MetricLimit, ...]
    remarks: tuple[str, ...] = ()

    @property
    def baseline(self) -> dict[str, float]:
        """The baselines by name."""
        return {limit.name: limit.baseline for limit in self.limits}

    def compute_drops(self, metrics: Metrics) -> dict[str, float]:
        """By how much each metric is worse."""
        return {limit.name: limit.compute_drop(metrics) for limit in self.limits}

    def compute_excess(self, metrics: Metrics) -> float:
        """The excess of the metric that is farthest beyond its limit; at most 0 if all are within theirs."""
        return max(limit.compute_excess(metrics) for limit in self.limits)

    def is_met(self, metrics: Metrics) -> bool:
        """Whether every metric is within its limit."""
        return self.compute_excess(metrics) <= 0

    def find_worst(self, metrics: Metrics) -> MetricLimit:
        """The metric that is farthest beyond its limit; the first of equals."""
        return max(self.limits, key=lambda limit: limit.compute_excess(metrics))


def make_accuracy_target(
    baseline: Metrics, directions: Mapping[str, bool], drop: float, drop_type: str
) -> AccuracyTarget:
    """The limits that follow from a baseline.

    Args:
        baseline: the metrics that count.
        directions: name of a metric -> whether higher is better.
        drop: the drop that is allowed.
        drop_type: ``absolute``, or ``relative`` to the baseline.
    """
    limits, remarks = [], []
    for name, value in baseline.items():
        allowed = drop * abs(value) if drop_type == "relative" else drop
        if value == 0 and drop_type == "relative":
            allowed = drop
            remarks.append(
                f"{name} of the original model is 0, of which no share can be taken: the drop of {drop:g} is absolute"
            )
        if value == 0 and directions[name]:
            remarks.append(f"{name} of the original model is 0: are these the right annotations and outputs?")
        limits.append(MetricLimit(name, directions[name], value, allowed))
    return AccuracyTarget(tuple(limits), tuple(remarks))


def find_directions(attributes: Mapping[str, Mapping[str, Any]], wanted: Sequence[str] = ()) -> dict[str, bool]:
    """Whether higher is better, for the metrics that count.

    Args:
        attributes: what the engine says about its metrics.
        wanted: names of the metrics that count; none for all.

    Raises:
        UnknownNameError: there is no such metric.
        MetricError: a metric does not say in which direction it is better.
    """
    directions = {}
    for name in wanted or list(attributes):
        if name not in attributes:
            raise UnknownNameError(f"the engine has no metric {name!r}; {suggest_nearest_name(name, attributes)}")
        direction = attributes[name].get("direction")
        if direction not in (HIGHER_BETTER, HIGHER_WORSE):
            raise MetricError(
                f"get_attributes()[{name!r}]['direction'] must be {HIGHER_BETTER!r} or {HIGHER_WORSE!r}, it is "
                f"{direction!r}: without it nobody knows which of two models is better (of a function, state "
                "higher_is_better, or higher_better beside callable in a file)"
            )
        directions[name] = direction == HIGHER_BETTER
    if not directions:
        raise MetricError("the engine's metric names no value in get_attributes(): there is nothing to keep")
    return directions


def check_metrics(metrics: Any, names: Sequence[str]) -> dict[str, float]:
    """The values of the metrics that count, as numbers; arrays count with their mean.

    Raises:
        NotFiniteMetricError: a value is NaN or infinite.
        MetricError: there is no value, or it is no number.
    """
    if not isinstance(metrics, Mapping) or any(name not in metrics for name in names):
        given = sorted(metrics) if isinstance(metrics, Mapping) else metrics
        hint = "; does no sample of the search have an annotation? give pairs (sample, annotation)" * (metrics is None)
        raise MetricError(f"expected values of {', '.join(names)} from the engine, it gave {given!r}{hint}")
    values = {}
    for name in names:
        try:
            values[name] = float(np.mean(np.asarray(metrics[name], np.float64)))
        except (TypeError, ValueError) as error:
            raise MetricError(f"the value of {name} must be a number, it is {metrics[name]!r}") from error
        if not math.isfinite(values[name]):
            raise NotFiniteMetricError(f"the value of {name} is {values[name]}")
    return values


def _allow_rounding(baseline: float) -> float:
    """The floating-point error of a difference of numbers of that size: 0.70 - 0.69 gives more than 0.01."""
    return 1e-9 * max(abs(baseline), 1e-6)
