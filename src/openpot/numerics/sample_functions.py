"""POT's statistic functions of activations: one row of results for each sample of a batch.

They take arrays with a leading batch axis and a channel axis 1. Unlike :class:`openpot.numerics.reducers.Reducer` they
keep the batch axis, and per channel they leave tensors of rank below 3 as they are. Calibration uses reducers; these
serve layouts of statistics that were written for POT.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from openpot.numerics.reducers import ReducerKind, reduce_axes
from openpot.typing_aliases import Array


@dataclass(frozen=True)
class SampleFunction:
    """A statistic of each sample, per tensor of shape ``(batch,)`` or per channel of shape ``(batch, channels)``."""

    kind: ReducerKind
    per_channel: bool = False

    def __call__(self, acts: Array, q: float = 0.0, **_unused: object) -> Array:
        """Reduce ``acts`` of shape ``(batch, ...)`` or ``(batch, channels, ...)``.

        Args:
            acts: the activations of one batch.
            q: level of a quantile; other kinds ignore it.
        """
        if self.per_channel:
            return _reduce_each_channel(np.asarray(acts), self.kind, q)
        array = np.atleast_1d(acts)
        # A vector has no batch axis of its own: all of it is one sample.
        rows = array.reshape(len(array) if array.ndim > 1 else 1, -1)
        return reduce_axes(rows, self.kind, (1,), q)


def mean_per_channel_axis(
    acts: Array, layer_key: object = None, channel: Mapping[object, int] | None = None, **_unused: object
) -> Array:
    """Mean of ``acts`` of shape ``(batch, ...)`` per channel, whose axis is ``channel[layer_key]`` or else 1."""
    return _reduce_each_channel(np.asarray(acts), ReducerKind.MEAN, channel_axis=(channel or {}).get(layer_key, 1))


def already_reduced(acts: Array, *_unused: object, **_options: object) -> Array:
    """What the model itself has reduced: unchanged but for a scalar, which becomes shape ``(1,)``."""
    return np.atleast_1d(acts)


min_per_tensor = SampleFunction(ReducerKind.MIN)
max_per_tensor = SampleFunction(ReducerKind.MAX)
abs_max_per_tensor = SampleFunction(ReducerKind.ABS_MAX)
quantile_per_tensor = SampleFunction(ReducerKind.QUANTILE)
abs_quantile_per_tensor = SampleFunction(ReducerKind.ABS_QUANTILE)

min_per_channel = SampleFunction(ReducerKind.MIN, per_channel=True)
max_per_channel = SampleFunction(ReducerKind.MAX, per_channel=True)
abs_max_per_channel = SampleFunction(ReducerKind.ABS_MAX, per_channel=True)
quantile_per_channel = SampleFunction(ReducerKind.QUANTILE, per_channel=True)
abs_quantile_per_channel = SampleFunction(ReducerKind.ABS_QUANTILE, per_channel=True)
mean_per_channel = SampleFunction(ReducerKind.MEAN, per_channel=True)

PER_TENSOR = MappingProxyType(
    {
        "min": min_per_tensor,
        "max": max_per_tensor,
        "abs_max": abs_max_per_tensor,
        "quantile": quantile_per_tensor,
        "abs_quantile": abs_quantile_per_tensor,
    }
)
"""POT's names of the functions for a whole tensor."""

PER_CHANNEL = MappingProxyType(
    {
        "min": min_per_channel,
        "max": max_per_channel,
        "abs_max": abs_max_per_channel,
        "quantile": quantile_per_channel,
        "abs_quantile": abs_quantile_per_channel,
        "mean": mean_per_channel,
        "mean_axis": mean_per_channel_axis,
    }
)
"""POT's names of the functions for each channel."""


def _reduce_each_channel(acts: Array, kind: ReducerKind, q: float = 0.0, channel_axis: int = 1) -> Array:
    if acts.ndim < 3:
        return np.abs(acts) if kind in (ReducerKind.ABS_MAX, ReducerKind.ABS_QUANTILE) else acts
    rows = np.moveaxis(acts, channel_axis, 1)
    return reduce_axes(rows, kind, tuple(range(2, rows.ndim)), q)
