"""Many inferences to one small array: mean, extremes, median, and averages that odd inferences cannot spoil."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from openpot.errors import ConfigError, DataError
from openpot.typing_aliases import Array

OUTLIER_SHARE = 0.01
"""What ``..._no_outliers`` leaves out at each side, as a share of the inferences (POT's value)."""

MAX_PAIRED_VALUES = 500
"""Above this count the Hodges-Lehmann estimate pairs evenly spaced order statistics: pairs grow with the square."""


class AggregatorKind(StrEnum):
    """How the values of all inferences become one."""

    MEAN = "mean"
    MIN = "min"
    MAX = "max"
    MEDIAN = "median"
    MEAN_NO_OUTLIERS = "mean_no_outliers"
    MEDIAN_NO_OUTLIERS = "median_no_outliers"
    HL_ESTIMATOR = "hl_estimator"
    BATCH_MEAN = "batch_mean"

    @property
    def is_streaming(self) -> bool:
        """Whether a :class:`StreamingSummary` is enough, so that no value has to be kept."""
        return self in (AggregatorKind.MEAN, AggregatorKind.BATCH_MEAN, AggregatorKind.MIN, AggregatorKind.MAX)


class StreamingSummary:
    """Count, mean, minimum and maximum of vectors of one length, each seen once and not kept.

    Sums are float64 and depend on the order of the updates alone: the same order gives the same bytes.
    """

    def __init__(self, length: int) -> None:
        self._count = 0
        self._sum = np.zeros(length)
        self._minimum = np.full(length, np.inf)
        self._maximum = np.full(length, -np.inf)

    def update(self, vector: Array) -> None:
        """Take in one vector of shape ``(length,)``; a NaN stays visible in every answer.

        Raises:
            DataError: the vector has another shape.
        """
        values = np.asarray(vector, np.float64)
        if values.shape != self._sum.shape:
            raise DataError(f"expected a vector of shape {self._sum.shape}, given shape {values.shape}")
        self._count += 1
        self._sum += values
        np.minimum(self._minimum, values, out=self._minimum)
        np.maximum(self._maximum, values, out=self._maximum)

    @property
    def count(self) -> int:
        """Number of updates."""
        return self._count

    @property
    def mean(self) -> Array:
        """Mean of shape ``(length,)``; DataError before the first update."""
        return np.asarray(self._sum / self._count_seen())

    @property
    def minimum(self) -> Array:
        """Smallest values of shape ``(length,)``; DataError before the first update."""
        self._count_seen()
        return self._minimum.copy()

    @property
    def maximum(self) -> Array:
        """Largest values of shape ``(length,)``; DataError before the first update."""
        self._count_seen()
        return self._maximum.copy()

    def summarize(self, kind: AggregatorKind) -> Array:
        """The summary that a streaming aggregator stands for, of shape ``(length,)``.

        Raises:
            ConfigError: the kind needs all values.
            DataError: nothing was seen.
        """
        match kind:
            case AggregatorKind.MEAN | AggregatorKind.BATCH_MEAN:
                return self.mean
            case AggregatorKind.MIN:
                return self.minimum
            case AggregatorKind.MAX:
                return self.maximum
        raise ConfigError(f"aggregator {kind} needs the values of all inferences, a running summary has none")

    def _count_seen(self) -> int:
        if not self._count:
            raise DataError("nothing was observed: no inference delivered a value")
        return self._count


@dataclass(frozen=True)
class Aggregator:
    """Combines equally shaped values, one per inference, into one value of that shape (float64).

    ``batch_mean`` is the same as ``mean`` here, because a value never has a batch axis.
    """

    kind: AggregatorKind

    def __call__(self, values: Sequence[Array]) -> Array:
        """Combine ``values``, each of shape ``()`` or ``(channels,)``, in the order of the inferences.

        Raises:
            DataError: there is no value, or shapes differ.
        """
        arrays = [np.asarray(value, np.float64) for value in values]
        shapes = sorted({array.shape for array in arrays})
        if len(shapes) != 1:
            raise DataError(f"expected at least one value and one shape for all, given shapes {shapes}")
        if self.kind.is_streaming:
            summary = StreamingSummary(arrays[0].size)
            for array in arrays:
                summary.update(array.ravel())
            return summary.summarize(self.kind).reshape(shapes[0])
        rows = np.stack(arrays).reshape(len(arrays), -1)
        return _ROBUST[self.kind](rows).reshape(shapes[0])


def estimate_hodges_lehmann(rows: Array) -> Array:
    """Median of the means of all pairs of inferences, for each column.

    Hodges and Lehmann, "Estimates of location based on rank tests", 1963: nearly as exact as the mean on clean data and
    insensitive to a quarter of spoilt values. A single inference is its own estimate.

    Args:
        rows: shape ``(inferences, channels)``.

    Returns:
        Shape ``(channels,)``.
    """
    count = len(rows)
    if count == 1:
        return np.asarray(rows[0])
    if count > MAX_PAIRED_VALUES:
        rows = np.sort(rows, axis=0)[np.linspace(0, count - 1, MAX_PAIRED_VALUES).round().astype(int)]
        count = MAX_PAIRED_VALUES
    first, second = np.tril_indices(count, k=-1)
    return np.array([np.median(column[first] + column[second]) / 2 for column in rows.T])


def drop_outliers(rows: Array) -> Array:
    """Values outside the central 98 % of their column replaced by NaN; shape ``(inferences, channels)`` kept.

    A column of which nothing would remain (two inferences, or equal values apart from rounding) stays whole.
    """
    low, high = np.quantile(rows, [OUTLIER_SHARE, 1 - OUTLIER_SHARE], axis=0)
    outside = (rows < low) | (rows > high)
    return np.where(outside & ~outside.all(axis=0), np.nan, rows)


def _summarize_inliers(summarise: Callable[..., Array], rows: Array) -> Array:
    # NaN marks outliers below, so one that was observed is set aside and comes back in the answer.
    spoilt = np.isnan(rows).any(axis=0)
    inliers = drop_outliers(np.where(spoilt, 0.0, rows))
    return np.asarray(np.where(spoilt, np.nan, summarise(inliers, axis=0)))


_ROBUST: dict[AggregatorKind, Callable[[Array], Array]] = {
    AggregatorKind.MEDIAN: lambda rows: np.asarray(np.median(rows, axis=0)),
    AggregatorKind.MEAN_NO_OUTLIERS: lambda rows: _summarize_inliers(np.nanmean, rows),
    AggregatorKind.MEDIAN_NO_OUTLIERS: lambda rows: _summarize_inliers(np.nanmedian, rows),
    AggregatorKind.HL_ESTIMATOR: estimate_hodges_lehmann,
}
