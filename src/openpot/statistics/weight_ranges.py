"""Observed ranges of constants: for the whole constant or for each of its channels, without data."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from openpot.config.range_estimator import EstimatorEnd, RangeEstimatorConfig
from openpot.config.registered_functions import WEIGHTS, RegisteredName, find_function
from openpot.errors import ModelError
from openpot.numerics.granularity import to_limit_rows
from openpot.numerics.reducers import Reducer, ReducerKind
from openpot.numerics.saturation import compute_pair_magnitude
from openpot.placement.plan import PlannedQuantizer
from openpot.scheme import Granularity, PerChannel, PerTensor
from openpot.typing_aliases import Array


def compute_weight_range(
    values: Array, granularity: Granularity, estimator: RangeEstimatorConfig, name: str
) -> tuple[Array | None, Array]:
    """Low end (None in symmetric mode) and high end of a constant: shape ``()``, or ``(pairs of limits,)``.

    Several channel axes count as one, in their order; the groups of a channel follow each other.

    Args:
        values: the constant, any shape.
        granularity: which values share a pair of limits.
        estimator: complete range estimator of weights.
        name: what the constant is called in messages.

    Raises:
        ModelError: the constant holds NaN or Inf.
    """
    not_finite = values.size - int(np.isfinite(values).sum())
    if not_finite:
        raise ModelError(
            f"the constant {name!r} holds {not_finite} of {values.size} values that are NaN or infinite: repair the "
            "model, or leave the operation out (ignored scope)"
        )
    low_end, high_end = estimator.min, estimator.max or EstimatorEnd()
    rows, axis = (values, None) if isinstance(granularity, PerTensor) else (to_limit_rows(values, granularity), 0)
    low = None if low_end is None else _make_reducer(low_end, axis, is_high=False)(rows)
    return low, _make_reducer(high_end, axis, is_high=True)(rows)


def prevent_overflow(high: Array, values: Array, quantizer: PlannedQuantizer) -> Array:
    """The magnitudes ``high``, raised where sums of two products of the layer would overflow 16 bits.

    Args:
        high: shape ``()`` or ``(pairs of limits,)``.
        values: the constant.
        quantizer: says whether its layer adds products in pairs.
    """
    if quantizer.pairs_along is None:
        return high
    axes = quantizer.granularity.axes
    needed = compute_pair_magnitude(values, quantizer.pairs_along, axes)
    needed = np.repeat(needed, high.size // needed.size) if axes else needed.max()
    return np.asarray(np.maximum(high, needed))


def _make_reducer(end: EstimatorEnd, channel_axis: int | None, is_high: bool) -> Callable[[Array], Array]:
    if isinstance(end.type, RegisteredName):
        function = find_function(WEIGHTS, PerTensor.key if channel_axis is None else PerChannel.key, end.type)
        return lambda rows: np.asarray(function(rows), np.float64).reshape(() if channel_axis is None else len(rows))
    kind = ReducerKind(end.type or ("abs_max" if is_high else "min"))
    outside = end.outlier_prob or 0.0
    quantile = (1.0 - outside if is_high else outside) if kind.is_quantile else None
    return Reducer(kind, channel_axis, quantile)
