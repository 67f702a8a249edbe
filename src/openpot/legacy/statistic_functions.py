"""What POT's statistic functions were made from: a NumPy function applied for each sample, channel or filter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from openpot.typing_aliases import Array

Reduce = Callable[..., Any]
"""A function with an ``axis``, such as ``np.max``."""


def calculate_per_channel_stats(acts: Array, fn: Reduce, axis: int = 1) -> Array:
    """``fn`` of the values of each channel of each sample, shape ``(batch, channels)``; matrices stay as they are.

    Args:
        acts: shape ``(batch, ...)`` with the channels on ``axis``.
        fn: reduces an axis.
        axis: that of the channels.
    """
    if acts.ndim < 3:
        return acts
    rows = np.moveaxis(acts, axis, 1)
    return np.asarray(fn(rows.reshape(*rows.shape[:2], -1), axis=2))


def calculate_per_tensor_stats(acts: Array, fn: Reduce) -> Array:
    """``fn`` of all values of each sample, shape ``(batch,)``; of a vector as a whole."""
    if acts.ndim < 2:
        return np.atleast_1d(fn(acts))
    return np.asarray(fn(acts.reshape(len(acts), -1), axis=1))


def calculate_per_filter_stats(weights: Array, fn: Reduce, transpose: bool = False) -> Array:
    """``fn`` of the values of each filter, shape ``(filters,)``.

    Args:
        weights: shape ``(filters, ...)``.
        fn: reduces an axis.
        transpose: the filters are on axis 1, as in transposed convolutions.
    """
    if not weights.ndim:
        return np.asarray(fn(weights))
    rows = weights.swapaxes(0, 1) if transpose else weights
    return np.asarray(fn(rows.reshape(len(rows), -1), axis=1))


def no_outliers_estimator(base_estimator: Reduce, x: Sequence[Array], alpha: float = 0.01) -> Array:
    """``base_estimator`` of the values between two quantiles, for each channel.

    Args:
        base_estimator: from a vector to a number.
        x: for each batch an array of shape ``(samples,)`` or ``(samples, channels)``.
        alpha: share of the values that is left out at each end.
    """
    values = np.array(x)
    columns = values.reshape(-1, values.shape[2] if values.ndim > 2 else 1)
    low, high = np.quantile(columns, [alpha, 1 - alpha], axis=0)
    inside = (columns >= low) & (columns <= high)
    return np.array([base_estimator(column[kept]) for column, kept in zip(columns.T, inside.T, strict=True)])
