"""Granularity on arrays: which values of a constant share a pair of limits, and limits in a shape that broadcasts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from openpot.scheme import Granularity, PerGroup, PerTensor
from openpot.typing_aliases import Array


def to_channel_rows(values: Array, axes: Sequence[int]) -> Array:
    """A constant of any shape with the channels along ``axes`` first: shape ``(channels, rest)``."""
    axes = [axis % values.ndim for axis in axes]
    channels = int(np.prod([values.shape[axis] for axis in axes]))
    return np.moveaxis(values, axes, range(len(axes))).reshape(channels, -1)


def to_limit_rows(values: Array, granularity: Granularity) -> Array:
    """A constant of any shape with a row for each pair of limits: shape ``(pairs of limits, values that share one)``.

    Channels come in the order of their axes, the groups of a channel one after the other.

    Args:
        values: the constant.
        granularity: with its axes.
    """
    if isinstance(granularity, PerTensor):
        return values.reshape(1, -1)
    if not isinstance(granularity, PerGroup):
        return to_channel_rows(values, granularity.axes)
    assert granularity.along is not None  # noqa: S101  placed on a tensor
    axes = (*granularity.axes, granularity.along)
    moved = np.moveaxis(values, axes, range(len(axes)))
    groups = values.shape[granularity.along] // granularity.size
    return moved.reshape(int(np.prod(moved.shape[: len(axes) - 1])) * groups, -1)


def spread_group_limits(limits: Array, granularity: PerGroup, shape: Sequence[int]) -> Array:
    """One limit for each group as an array that broadcasts with the constant.

    Args:
        limits: shape ``(channels * groups,)``, in the order of the rows of :func:`to_limit_rows`.
        granularity: with its axes.
        shape: of the constant.

    Returns:
        The shape of the constant with 1 in place of axes that are neither of channels nor cut into groups.
    """
    assert granularity.along is not None  # noqa: S101  placed on a tensor
    axes = (*granularity.axes, granularity.along)
    sizes = [*(shape[axis] for axis in granularity.axes), shape[granularity.along] // granularity.size]
    ordered = limits.reshape(sizes).transpose(np.argsort(axes))
    spread = [sizes[axes.index(axis)] if axis in axes else 1 for axis in range(len(shape))]
    return np.repeat(ordered.reshape(spread), granularity.size, axis=granularity.along)
