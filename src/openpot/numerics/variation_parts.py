"""Parts of one tensor whose values vary on scales that are decades apart, such as boxes in pixels beside scores."""

from __future__ import annotations

import numpy as np

from openpot.typing_aliases import Array

DECADES_APART = 1.0
"""Neighbouring amplitudes of channels that differ by a factor of ten or more belong to different quantities: those of
one quantity, sorted, leave no such gap, and in an error of all values the smaller quantity counts for a hundredth."""

LEAST_AMPLITUDE = 1e-5
"""Channels whose amplitude is below this share of the largest are taken as constant: this is about the precision of
32-bit sums of the largest ones."""

MAX_CHANNELS = 4096
"""An axis longer than this counts positions, not channels."""


def find_channel_axis(shape: tuple[int, ...]) -> int | None:
    """The axis that most likely holds the channels of an output of ``shape``; None if there is none.

    With four or more dimensions that is the last axis if axes 1 and 2 are equal and longer than it (NHWC), else axis 1.
    With fewer it is the shorter one of axis 1 and the last.
    """
    if len(shape) < 2:
        return None
    if len(shape) < 4:
        axis = 1 if shape[1] <= shape[-1] else len(shape) - 1
    else:
        axis = len(shape) - 1 if shape[1] == shape[2] and shape[-1] < shape[1] else 1
    return axis if 1 < shape[axis] <= MAX_CHANNELS else None


MIN_DEGREES = 4
"""Of freedom, by which the variation of a channel must be known before it tells a scale: with fewer, channels of one
quantity have gaps of a decade by chance (a variation of one degree is below a hundredth of its mean in 8 % of the
cases, one of four degrees in 0.02 %)."""


def split_by_variation(
    variation: Array, is_lively: Array | None = None, samples: int | None = None
) -> tuple[int, tuple[Array, ...]] | None:
    """Channels grouped by the scale of their variation.

    A group that only a few samples move, such as a score that is zero for nearly all of them, is no quantity that could
    be judged by itself: it counts with the next larger one.

    Args:
        variation: variation of each element of an output between samples (a sum of squares), in the output's shape.
        is_lively: whether an element changes from sample to sample, in the same shape; None if all do.
        samples: how many the variation is of; None for enough of them.

    Returns:
        The axis of the channels, and the channels of each part, largest variation first; None if there is one part
        alone. Channels that hardly vary belong to none.
    """
    axis = find_channel_axis(variation.shape)
    if axis is None:
        return None
    if samples is not None and (samples - 1) * variation.size // variation.shape[axis] < MIN_DEGREES:
        return None
    others = tuple(other for other in range(variation.ndim) if other != axis)
    amplitudes = np.sqrt(np.asarray(variation, np.float64).mean(axis=others))
    largest = float(amplitudes.max(initial=0.0))
    if not np.isfinite(largest) or largest <= 0:
        return None
    varying = np.flatnonzero(amplitudes > LEAST_AMPLITUDE * largest)
    order = varying[np.argsort(-amplitudes[varying], kind="stable")]
    gaps = -np.diff(np.log10(amplitudes[order])) >= DECADES_APART
    if not gaps.any():
        return None
    parts = np.split(order, np.flatnonzero(gaps) + 1)
    if is_lively is not None:
        parts = _join_still_parts(parts, np.asarray(is_lively.any(axis=others)))
    return (axis, tuple(np.sort(part) for part in parts)) if len(parts) > 1 else None


def _join_still_parts(parts: list[Array], is_lively: Array) -> list[Array]:
    """The parts, largest variation first, those without a lively channel joined with the one before."""
    joined: list[Array] = []
    for part in parts:
        if joined and not is_lively[part].any():
            joined[-1] = np.concatenate([joined[-1], part])
        else:
            joined.append(part)
    return joined
