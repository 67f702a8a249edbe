"""Giving changed weights back the mean and the spread that they had, for each output channel.

Rounding and pruning change the mean and the standard deviation of a filter, and with them the mean and the spread of
what the layer gives. A factor and a shift for each channel bring both back (Banner et al., "Post training 4-bit
quantization of convolutional networks for rapid-deployment", 2019, section 4).

Symmetric integer weights have no room for a shift: a zero point would take the layer out of integer arithmetic on most
devices. There the mean is moved by rounding a few weights to their other neighbour, those that lose least by it
(Guo et al., "SQuant: On-the-Fly Data-Free Quantization via Diagonal Hessian Approximation", 2022).
"""

from __future__ import annotations

import numpy as np

from openpot.typing_aliases import Array


def spread_ratio(original: Array, changed: Array, eps: float) -> Array:
    """Standard deviation of each row before, relative to that after.

    POT divided ``std(original)`` by ``std(changed) + eps``: a filter of equal weights then became zero. With ``eps`` on
    both sides it keeps its size.

    Args:
        original: shape ``(channels, values)``.
        changed: the same shape.
        eps: keeps rows without spread finite.

    Returns:
        Shape ``(channels,)``, float64.
    """
    before, after = (np.asarray(rows, np.float64).std(axis=1) for rows in (original, changed))
    return np.asarray((before + eps) / (after + eps))


def fit_affine(original: Array, changed: Array, eps: float) -> tuple[Array, Array]:
    """Factor and shift of each row of ``changed`` that give it the spread and the mean of ``original``.

    Args:
        original: shape ``(channels, values)``.
        changed: the same shape.
        eps: as in :func:`spread_ratio`.

    Returns:
        Factors and shifts, shape ``(channels,)`` each, float64.
    """
    factor = spread_ratio(original, changed, eps)
    means = (np.asarray(rows, np.float64).mean(axis=1) for rows in (original, changed))
    return factor, np.asarray(next(means) - factor * next(means))


def round_to_sums(positions: Array, sums: Array) -> Array:
    """Round to integers such that each row has nearly the sum that is wanted of it.

    Every value goes to one of its two neighbours. Beginning with rounding to nearest, those values of a row change to
    their other neighbour that lie closest to half-way, until the sum is within a half of ``sums`` or no value is left
    that could move in that direction.

    Args:
        positions: values in units of the step, shape ``(channels, values)``.
        sums: wanted sum of each row, shape ``(channels,)``.

    Returns:
        Integers as float64, in the shape of ``positions``.
    """
    exact = np.asarray(positions, np.float64)
    rounded = np.rint(exact)
    missing = np.rint(np.asarray(sums, np.float64) - rounded.sum(axis=1)).astype(np.int64)
    for row in np.flatnonzero(missing):
        direction = np.sign(missing[row])
        gain = (exact[row] - rounded[row]) * direction
        order = np.argsort(-gain, kind="stable")[: abs(missing[row])]
        rounded[row, order[gain[order] > 0]] += direction
    return rounded


def match_survivors(original: Array, pruned: Array, eps: float) -> Array:
    """Scale and shift what is left of pruned rows such that the whole rows have their mean and spread back.

    Zeros stay zero, so the ``k`` values left of ``n`` must have the mean ``n / k`` times that of the original row, and
    so much variance that zeros and values together have the original one. Where the mean alone exceeds that, or nothing
    varies, only the mean is restored; rows without survivors stay zero.

    Args:
        original: shape ``(channels, values)``.
        pruned: the same shape, zero where a value was pruned.
        eps: values left with less spread than this, relative to the row, are not scaled.

    Returns:
        The shape of ``pruned``, float64.
    """
    before, after = np.asarray(original, np.float64), np.asarray(pruned, np.float64)
    kept = after != 0
    count, length = np.maximum(kept.sum(axis=1), 1), before.shape[1]
    mean_left = after.sum(axis=1) / count
    variance_left = np.maximum(np.square(after).sum(axis=1) / count - np.square(mean_left), 0)
    mean_wanted = before.sum(axis=1) / count
    variance_wanted = np.square(before).sum(axis=1) / count - np.square(mean_wanted)
    varies = (variance_wanted > 0) & (variance_left > eps * np.square(before).sum(axis=1) / length)
    factor = np.sqrt(np.where(varies, variance_wanted, 1) / np.where(varies, variance_left, 1))
    shift = mean_wanted - factor * mean_left
    return np.asarray(np.where(kept, after * factor[:, None] + shift[:, None], 0.0))
