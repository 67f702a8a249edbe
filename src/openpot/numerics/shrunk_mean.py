"""The mean of few noisy values per channel: insensitive to odd ones, and shrunk to zero where the evidence is thin.

A correction that is fitted on some calibration samples is applied to all inputs. A plain mean fails on both counts: one
odd sample (a near-blank image) can ruin it, and a channel whose values scatter around zero gets a correction that is
nothing but the noise of these samples. So the mean is that of the middle half of the values, and it is shrunk by the
positive-part rule of James and Stein, "Estimation with quadratic loss", 1961, applied to each channel on its own.
"""

from __future__ import annotations

import numpy as np

from openpot.typing_aliases import Array

SPREAD_OF_QUARTILES = 1.349
"""Distance of the quartiles of a normal distribution, in standard deviations."""

VARIANCE_FACTOR = 1.19
"""Variance of the mean of the middle half, times the number of values, over the variance of a normal distribution."""


def compute_shrunk_mean(rows: Array) -> Array:
    """A robust mean of each column, multiplied by a factor between 0 and 1 that its certainty justifies.

    The factor is ``max(0, 1 - 2 v / m**2)`` for a mean ``m`` with variance ``v``: a shift is worth making only if its
    square exceeds what it may be wrong by, once for the fitted samples and once for those it will be used on.

    Args:
        rows: shape ``(samples, channels)``, at least one row.

    Returns:
        Shape ``(channels,)``, float64.
    """
    ordered = np.sort(np.asarray(rows, np.float64), axis=0)
    count = len(ordered)
    quarter = count // 4
    mean = ordered[quarter : count - quarter].mean(axis=0)
    spread = (ordered[-1 - quarter] - ordered[quarter]) / SPREAD_OF_QUARTILES
    variance = VARIANCE_FACTOR * np.square(spread) / count
    energy = np.square(mean)
    certain = energy > 2 * variance
    return np.where(certain, mean * (1 - 2 * variance / np.where(certain, energy, 1.0)), 0.0)
