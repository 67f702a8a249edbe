"""POT's statistic functions of weights: one number for the tensor, or one for each filter on axis 0.

They serve scripts that were written for POT and its command-line tools; quantization itself finds the axes of the
filters from the operation.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from openpot.numerics.reducers import ReducerKind, reduce_axes
from openpot.typing_aliases import Array


@dataclass(frozen=True)
class FilterFunction:
    """A statistic of weights, of shape ``()`` for the tensor or ``(filters,)``."""

    kind: ReducerKind
    per_filter: bool = False

    def __call__(self, weights: Array, q: float = 0.0, transpose: bool = False) -> Array:
        """Reduce ``weights`` of shape ``(filters, ...)``; a scalar stays one.

        Args:
            weights: the constant.
            q: level of a quantile; other kinds ignore it.
            transpose: whether the filters are on axis 1, as in transposed convolutions; per tensor it does not matter.
        """
        array = np.asarray(weights)
        if self.per_filter and transpose and array.ndim > 1:
            array = array.swapaxes(0, 1)
        kept = min(array.ndim, 1) if self.per_filter else 0
        return reduce_axes(array, self.kind, tuple(range(kept, array.ndim)), q)


min_per_tensor = FilterFunction(ReducerKind.MIN)
max_per_tensor = FilterFunction(ReducerKind.MAX)
abs_max_per_tensor = FilterFunction(ReducerKind.ABS_MAX)
quantile_per_tensor = FilterFunction(ReducerKind.QUANTILE)
abs_quantile_per_tensor = FilterFunction(ReducerKind.ABS_QUANTILE)

min_per_filter = FilterFunction(ReducerKind.MIN, per_filter=True)
max_per_filter = FilterFunction(ReducerKind.MAX, per_filter=True)
abs_max_per_filter = FilterFunction(ReducerKind.ABS_MAX, per_filter=True)
quantile_per_filter = FilterFunction(ReducerKind.QUANTILE, per_filter=True)
abs_quantile_per_filter = FilterFunction(ReducerKind.ABS_QUANTILE, per_filter=True)

PER_TENSOR = MappingProxyType(
    {
        "min": min_per_tensor,
        "max": max_per_tensor,
        "abs_max": abs_max_per_tensor,
        "quantile": quantile_per_tensor,
        "abs_quantile": abs_quantile_per_tensor,
    }
)
"""POT's names of the functions for a whole constant."""

PER_FILTER = MappingProxyType(
    {
        "min": min_per_filter,
        "max": max_per_filter,
        "abs_max": abs_max_per_filter,
        "quantile": quantile_per_filter,
        "abs_quantile": abs_quantile_per_filter,
    }
)
"""POT's names of the functions for each filter."""
