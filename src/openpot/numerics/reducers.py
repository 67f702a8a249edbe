"""One inference to one small array: minimum, maximum, mean, quantile, over the whole tensor or for each channel.

A reducer is a frozen record, so that equal requests compare equal and a graph builder can turn it into nodes of the
model itself. Called with an array it computes the same with NumPy: as the reference, and for kinds that stay in Python.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from openpot.errors import ConfigError, DataError, ModelError
from openpot.typing_aliases import Array


class ReducerKind(StrEnum):
    """What is taken from the values of one inference."""

    MIN = "min"
    MAX = "max"
    ABS_MAX = "abs_max"
    MEAN = "mean"
    MEAN_SQUARE = "mean_square"
    QUANTILE = "quantile"
    ABS_QUANTILE = "abs_quantile"

    @property
    def is_quantile(self) -> bool:
        """Whether a quantile level belongs to it."""
        return self in (ReducerKind.QUANTILE, ReducerKind.ABS_QUANTILE)


@dataclass(frozen=True)
class Reducer:
    """A reduction of one tensor, batch axis included, to shape ``()`` or, for each channel, ``(channels,)``.

    Attributes:
        kind: what is taken.
        channel_axis: axis whose indices stay apart; None for one value. Negative axes count from the end.
        quantile: level in 0..1, exactly for the quantile kinds; NumPy's linear interpolation.
        average_over_batch: reduce every index of axis 0 for itself and average the results, so that samples that share
            an inference count as if each had its own. A mean does not change by it.

    Raises:
        ConfigError: the level is missing, out of 0..1 or given to a kind without one, or channel and batch axis
            coincide.
    """

    kind: ReducerKind
    channel_axis: int | None = None
    quantile: float | None = None
    average_over_batch: bool = False

    def __post_init__(self) -> None:
        if self.kind.is_quantile != (self.quantile is not None):
            wanted = "needs a level in 0..1" if self.kind.is_quantile else "takes no level"
            raise ConfigError(f"reducer {self.kind}: {wanted}, given quantile={self.quantile}")
        if self.quantile is not None and not 0.0 <= self.quantile <= 1.0:
            raise ConfigError(f"reducer {self.kind}: the level must lie in 0..1, given {self.quantile}")
        if self.average_over_batch and self.channel_axis == 0:
            raise ConfigError("a reducer cannot average over the batch and keep axis 0 as channels")

    def __call__(self, tensor: Array) -> Array:
        """Reduce ``tensor`` of any shape to float64 of shape ``()`` or ``(channels,)``.

        Raises:
            DataError: the tensor has no element.
            ModelError: the tensor has no such channel axis.
        """
        tensor = np.asarray(tensor)
        if tensor.size == 0:
            raise DataError(f"cannot take the {self.kind} of an empty tensor of shape {tensor.shape}")
        kept = self._find_kept_axes(tensor.ndim)
        axes = tuple(axis for axis in range(tensor.ndim) if axis not in kept)
        reduced = reduce_axes(tensor, self.kind, axes, self.quantile or 0.0)
        return np.asarray(reduced.mean(axis=0)) if 0 in kept and self.average_over_batch else reduced

    def _find_kept_axes(self, rank: int) -> tuple[int, ...]:
        batch = (0,) if self.average_over_batch and rank > 0 else ()
        if self.channel_axis is None:
            return batch
        if not -rank <= self.channel_axis < rank:
            raise ModelError(f"reducer {self.kind}: channel axis {self.channel_axis} asked of a tensor of rank {rank}")
        channel = self.channel_axis % rank
        if channel in batch:
            raise ModelError(f"reducer {self.kind}: channel axis {self.channel_axis} is the batch axis at rank {rank}")
        return (*batch, channel)


def reduce_axes(tensor: Array, kind: ReducerKind, axes: tuple[int, ...], quantile: float = 0.0) -> Array:
    """Reduce ``axes`` of a tensor that has elements; the result has the remaining axes (float64)."""
    match kind:
        case ReducerKind.MIN:
            reduced = tensor.min(axis=axes)
        case ReducerKind.MAX:
            reduced = tensor.max(axis=axes)
        case ReducerKind.ABS_MAX:
            # In float: the magnitude of the lowest integer does not fit its own type. And no temporary tensor.
            low, high = (np.asarray(end, np.float64) for end in (tensor.min(axis=axes), tensor.max(axis=axes)))
            reduced = np.maximum(np.abs(low), np.abs(high))
        case ReducerKind.MEAN:
            reduced = tensor.mean(axis=axes, dtype=np.float64)
        case ReducerKind.MEAN_SQUARE:
            reduced = np.square(tensor, dtype=np.float64).mean(axis=axes)
        case ReducerKind.QUANTILE:
            reduced = np.quantile(tensor, quantile, axis=axes)
        case ReducerKind.ABS_QUANTILE:
            reduced = np.quantile(np.abs(tensor, dtype=np.float64), quantile, axis=axes)
    return np.asarray(reduced, np.float64)
