"""POT's aggregation functions: the results of all batches, one row for each sample, to one value per channel.

They take a sequence with one array of shape ``(samples,)`` or ``(samples, channels)`` for each batch, and treat every
sample alike, except that ``mean`` weighs batches alike. They serve code that was written for POT; calibration uses
:class:`openpot.numerics.aggregators.Aggregator`.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

import numpy as np

from openpot.errors import DataError
from openpot.numerics.aggregators import Aggregator, AggregatorKind
from openpot.typing_aliases import Array


def batch_mean(x: Sequence[Array]) -> Array:
    """Mean over batches, which stay as an axis of length 1: shape ``(1, samples, channels)``."""
    return np.asarray(np.mean(x, axis=0, keepdims=True))


def mean(x: Sequence[Array]) -> Array:
    """Mean over batches of the mean over samples; shape ``()`` or ``(channels,)``."""
    return np.asarray(np.mean([np.mean(batch, axis=0) for batch in x], axis=0))


def amax(x: Sequence[Array]) -> Array:
    """Largest value of all samples; shape ``()`` or ``(channels,)``."""
    return _reduce_samples(AggregatorKind.MAX, x)


def amin(x: Sequence[Array]) -> Array:
    """Smallest value of all samples; shape ``()`` or ``(channels,)``."""
    return _reduce_samples(AggregatorKind.MIN, x)


def median(x: Sequence[Array]) -> Array:
    """Median of all samples; shape ``()`` or ``(channels,)``."""
    return _reduce_samples(AggregatorKind.MEDIAN, x)


def mean_no_outliers(x: Sequence[Array]) -> Array:
    """Mean of the samples between the 1 % and the 99 % quantile; shape ``()`` or ``(channels,)``."""
    return _reduce_samples(AggregatorKind.MEAN_NO_OUTLIERS, x)


def median_no_outliers(x: Sequence[Array]) -> Array:
    """Median of the samples between the 1 % and the 99 % quantile; shape ``()`` or ``(channels,)``."""
    return _reduce_samples(AggregatorKind.MEDIAN_NO_OUTLIERS, x)


def hodges_lehmann_mean(x: Sequence[Array]) -> Array:
    """Hodges-Lehmann estimate over all samples; shape ``()`` or ``(channels,)``."""
    return _reduce_samples(AggregatorKind.HL_ESTIMATOR, x)


def power_of_2(x: Sequence[Array], eps: float = 1e-5) -> Array:
    """Smallest power of two that bounds all magnitudes plus ``eps``; shape ``()``."""
    largest = max(float(np.abs(batch).max()) for batch in x)
    return np.asarray(2.0 ** np.ceil(np.log2(largest + eps)))


BY_NAME = MappingProxyType(
    {
        "batch_mean": batch_mean,
        "mean": mean,
        "max": amax,
        "min": amin,
        "median": median,
        "mean_no_outliers": mean_no_outliers,
        "median_no_outliers": median_no_outliers,
        "hl_estimator": hodges_lehmann_mean,
        "power_of_2": power_of_2,
    }
)
"""POT's names of the aggregators."""


def _reduce_samples(kind: AggregatorKind, x: Sequence[Array]) -> Array:
    rows = [row for batch in x for row in np.asarray(batch)]
    if not rows:
        raise DataError(f"aggregator {kind}: nothing was observed, there is no sample to aggregate")
    return Aggregator(kind)(rows)
