"""Statistics and aggregators that users wrote as POT's were: with an axis of samples in front."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from openpot.errors import DataError
from openpot.numerics.aggregators import Aggregator
from openpot.numerics.reducers import Reducer
from openpot.typing_aliases import Array


class UserKind(StrEnum):
    """Stands where openpot's own functions have their kind."""

    USER = "user"

    @property
    def is_quantile(self) -> bool:
        """False: no level belongs to it."""
        return False

    @property
    def is_streaming(self) -> bool:
        """False: the values of all inferences are needed."""
        return False


@dataclass(frozen=True)
class UserReducer(Reducer):
    """A reducer whose ``kind`` is ``user``: what a function of a user takes from each sample, joined over the batch.

    Attributes:
        function: from ``(batch, ...)`` to ``(batch,)``, or from ``(batch, channels, ...)`` to ``(batch, channels)``.
        takes_largest: whether the samples of a batch are joined by their largest value, else by their smallest; not if
            ``average_over_batch`` joins them by their mean.
    """

    kind: Any = UserKind.USER
    function: Callable[..., Any] = np.max
    takes_largest: bool = True

    def __call__(self, tensor: Array) -> Array:
        """Reduce ``tensor`` of any shape to float64 of shape ``()`` or ``(channels,)``.

        Raises:
            DataError: the function gave another shape.
        """
        values = np.array(tensor)
        if self.channel_axis is not None:
            values = np.moveaxis(values, self.channel_axis, 1)
        rows = np.asarray(self.function(values), np.float64)
        rows = rows.reshape(1, *rows.shape) if self.channel_axis is not None and rows.ndim == 1 else np.atleast_1d(rows)
        if self.average_over_batch:
            joined = rows.mean(axis=0)
        else:
            joined = rows.max(axis=0) if self.takes_largest else rows.min(axis=0)
        wanted = () if self.channel_axis is None else (values.shape[1],)
        if joined.shape != wanted:
            name = getattr(self.function, "__name__", repr(self.function))
            raise DataError(f"the statistic {name!r} gave values of shape {rows.shape} for a tensor of {values.shape}")
        return np.asarray(joined)


@dataclass(frozen=True)
class UserAggregator(Aggregator):
    """An aggregator whose ``kind`` is ``user``.

    Attributes:
        function: from a list with one array of shape ``(1,)`` or ``(1, channels)`` for each inference to one of shape
            ``()`` or ``(channels,)``.
    """

    kind: Any = UserKind.USER
    function: Callable[..., Any] = np.mean

    def __call__(self, values: Sequence[Array]) -> Array:
        """Combine ``values``, each of shape ``()`` or ``(channels,)``, in the order of the inferences.

        Raises:
            DataError: there is no value.
        """
        if not values:
            raise DataError("nothing was observed: there is no value to combine")
        arrays = [np.asarray(value, np.float64) for value in values]
        combined = self.function([array[np.newaxis] for array in arrays])
        return np.asarray(combined, np.float64).reshape(arrays[0].shape)
