"""Quality against latency: the models between float and all of INT8, as a curve of their errors and latencies.

Each unit in INT8 gains time and brings a share of the squared error. The largest gain for a given error is a knapsack
problem; taking units in the order of error per gain solves it at every point of its convex hull (Dantzig, 1957), and
these are the points of the curve. Latencies between measured points are interpolated by the summed gain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np

from openpot.measure.speed import Ratio
from openpot.search.units import Unit
from openpot.typing_aliases import Array

SHOWN_POINTS = 24
"""About how many points of the curve are recorded, spaced evenly by latency."""

ANCHORS = (0.25, 0.5, 0.75)
"""Shares of the whole gain at which latencies are measured besides float, all that gains, and all of INT8."""


@dataclass(frozen=True)
class CurvePoint:
    """One model of the curve.

    Attributes:
        in_int8: how many units are in INT8: the first ones of the curve's order.
        int8_share: their share of the multiplications.
        error: predicted error of the worst output.
        predicted_ms: latency, in milliseconds.
        measured_ms: latency as timed afterwards in turns with float; None where it was not.
        measured_error: error of the finished model on the validation samples; None where it was not measured.
    """

    in_int8: int
    int8_share: float
    error: float
    predicted_ms: float
    measured_ms: float | None = None
    measured_error: float | None = None

    @property
    def latency_ms(self) -> float:
        """As measured, or else as predicted."""
        return self.predicted_ms if self.measured_ms is None else self.measured_ms


@dataclass(frozen=True)
class LatencyCurve:
    """The curve, and what was chosen on it.

    Attributes:
        points: from float to all of INT8.
        chosen: number of the chosen point.
        fp32_ms: latency of FP32.
        decided_by: ``time``, or ``work`` where times are too noisy to decide.
        max_error: the error that was allowed; None for any.
        max_ms: the latency that was asked for; None for the smallest one.
    """

    points: tuple[CurvePoint, ...]
    chosen: int
    fp32_ms: float
    decided_by: str
    max_error: float | None = None
    max_ms: float | None = None

    @property
    def point(self) -> CurvePoint:
        """The chosen point."""
        return self.points[self.chosen]

    @property
    def is_met(self) -> bool:
        """Whether the chosen model keeps the latency that was asked for, and the error."""
        error = self.point.error if self.point.measured_error is None else self.point.measured_error
        keeps_error = self.max_error is None or error <= self.max_error
        return keeps_error and (self.max_ms is None or self.point.latency_ms <= self.max_ms)

    @property
    def summary(self) -> str:
        """What was chosen, in a sentence."""
        speed = self.fp32_ms / self.point.latency_ms
        chosen = f"{self.point.latency_ms:.3g} ms, {speed:.2f} times as fast as FP32 ({self.fp32_ms:.3g} ms)"
        if self.is_met:
            return f"chosen from {len(self.points)} points by {self.decided_by}: {chosen}"
        fastest = min(point.latency_ms for point in self.points)
        if self.max_ms is None or self.point.latency_ms <= self.max_ms:
            return f"max_output_error {self.max_error:.3g} is not met: the error is {self.point.measured_error:.3g}"
        if fastest > self.max_ms:
            why = f"no model is, the fastest takes {fastest:.3g} ms"
        else:
            why = f"faster ones have a larger output error than {self.max_error:.3g}: allow more (max_output_error)"
        return f"a latency of {self.max_ms:.3g} ms is not met: the model takes {chosen}; {why}"


@dataclass(frozen=True, eq=False)
class UnitCosts:
    """What each unit costs and gains.

    Attributes:
        units: in topological order.
        gains: seconds that each saves in INT8; negative where INT8 is slower.
        squares: squared error that each brings, which add up to that of all together.
    """

    units: Sequence[Unit]
    gains: Array
    squares: Array

    @cached_property
    def order(self) -> list[int]:
        """Numbers of the units in which they become INT8: by error per gain, then what gains nothing."""
        tiny = np.finfo(np.float64).tiny
        price = [
            (0, float(square / max(gain, tiny))) if gain > 0 else (1, -float(gain))
            for gain, square in zip(self.gains, self.squares, strict=True)
        ]
        return sorted(range(len(self.units)), key=lambda number: (price[number], number))

    @property
    def num_gaining(self) -> int:
        """How many units are faster in INT8: the first ones of the order."""
        return int((self.gains > 0).sum())

    @cached_property
    def summed_gains(self) -> Array:
        """Summed gain of the first units of the order, beginning with none of them; without what loses time."""
        return np.append(0.0, np.cumsum(np.maximum(self.gains, 0.0)[self.order]))

    @cached_property
    def errors(self) -> Array:
        """Predicted error with the first units of the order in INT8, beginning with none of them."""
        return np.asarray(np.sqrt(np.append(0.0, np.cumsum(self.squares[self.order]))))

    @cached_property
    def int8_shares(self) -> Array:
        """Share of the work of the first units of the order, beginning with none of them."""
        work = np.array([self.units[number].work for number in self.order], np.float64)
        return np.append(0.0, np.cumsum(work)) / max(float(work.sum()), 1.0)

    def in_float(self, count: int) -> list[Unit]:
        """The units that stay in float where the first ``count`` of the order are in INT8, in topological order."""
        return [self.units[number] for number in sorted(self.order[count:])]

    def choose_anchors(self) -> list[int]:
        """Counts at which latencies are measured: none, shares of the gain, all that gains, and all."""
        total = self.summed_gains[-1]
        between = [int(np.searchsorted(self.summed_gains, share * total)) for share in ANCHORS] if total > 0 else []
        return sorted({0, *between, self.num_gaining, len(self.units)})

    def predict_seconds(self, measured: Mapping[int, float]) -> Array:
        """Latency with the first units of the order in INT8, interpolated between counts whose latency was measured.

        Between two of them it is by the summed gain, and by the number of units where nothing gains.
        """
        known = sorted(measured)
        seconds = np.empty(len(self.units) + 1)
        for low, high in pairwise(known):
            span = np.arange(low, high + 1)
            progress = self.summed_gains[span] - self.summed_gains[low]
            progress = progress / progress[-1] if progress[-1] > 0 else (span - low) / (high - low)
            seconds[span] = measured[low] + (measured[high] - measured[low]) * progress
        seconds[known] = [measured[count] for count in known]
        return seconds


def choose_count(errors: Array, seconds: Array, max_error: float, max_seconds: float | None) -> tuple[int, bool]:
    """How many units to have in INT8, and whether that keeps both limits.

    Among models within the error: the one with the smallest error that is fast enough; if none is, or without a limit,
    the fastest.

    Args:
        errors: predicted, by number of units in INT8.
        seconds: predicted latencies.
        max_error: the largest error.
        max_seconds: the longest latency; None for the shortest that can be had.
    """
    within = np.flatnonzero(errors <= max_error)
    if not within.size:
        return 0, False
    fast = within if max_seconds is None else within[seconds[within] <= max_seconds]
    if max_seconds is not None and fast.size:
        return int(fast[0]), True
    return int(within[np.argmin(seconds[within])]), max_seconds is None


def make_points(costs: UnitCosts, seconds: Array, always: Sequence[int]) -> tuple[CurvePoint, ...]:
    """The points to record: about ``SHOWN_POINTS``, spaced by latency, and those with the counts of ``always``."""
    steps = np.append(0.0, np.cumsum(np.abs(np.diff(seconds))))
    wanted = np.linspace(0.0, steps[-1], SHOWN_POINTS)
    counts = {*always, 0, len(costs.units), *(int(np.searchsorted(steps, length)) for length in wanted)}
    return tuple(
        CurvePoint(count, float(costs.int8_shares[count]), float(costs.errors[count]), float(1000 * seconds[count]))
        for count in sorted(counts)
    )


def add_measurement(
    points: Sequence[CurvePoint], count: int, ms: float | None = None, error: float | None = None
) -> tuple[CurvePoint, ...]:
    """The points, with what was measured at one of them."""
    return tuple(
        replace(
            point,
            measured_ms=point.measured_ms if ms is None else ms,
            measured_error=point.measured_error if error is None else error,
        )
        if point.in_int8 == count
        else point
        for point in points
    )


def is_too_noisy(ratio: Ratio) -> bool:
    """Whether one model may as well be the faster as the slower one: the middle half of its turns is across 1."""
    return ratio.lower < 1 < ratio.upper
