"""How the two ends of a range are estimated: reducer of one inference, aggregator over all, granularity, clipping.

A user states only what differs from the default; :func:`resolve_range_estimator` lays that over the entry of the table
for the kind of tensor. ``outlier_prob`` is the share of values that a quantile leaves outside: the low end is the
quantile ``outlier_prob``, the high end ``1 - outlier_prob``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any

from pydantic import ConfigDict, Field, WrapValidator
from pydantic.dataclasses import dataclass

from openpot.config.granularity import StatedGranularity
from openpot.config.registered_functions import ACTIVATIONS, AGGREGATORS, WEIGHTS, RegisteredName, is_registered
from openpot.scheme import Granularity, PerChannel, PerTensor, QuantizationMode

DEFAULT_OUTLIER_PROB = 1e-4


class EstimatorType(StrEnum):
    """The reducer of one end: what is taken from the values of one inference."""

    MIN = "min"
    MAX = "max"
    ABS_MAX = "abs_max"
    QUANTILE = "quantile"
    ABS_QUANTILE = "abs_quantile"

    @property
    def is_quantile(self) -> bool:
        """Whether ``outlier_prob`` applies."""
        return self in (EstimatorType.QUANTILE, EstimatorType.ABS_QUANTILE)


class EstimatorAggregator(StrEnum):
    """How the values of all inferences become one."""

    MEAN = "mean"
    MIN = "min"
    MAX = "max"
    MEDIAN = "median"
    MEAN_NO_OUTLIERS = "mean_no_outliers"
    MEDIAN_NO_OUTLIERS = "median_no_outliers"
    HL_ESTIMATOR = "hl_estimator"
    BATCH_MEAN = "batch_mean"


class EstimatorPreset(StrEnum):
    """Where the defaults of both ends come from."""

    DEFAULT = "default"
    QUANTILE = "quantile"


def _or_registered(kinds: type[StrEnum], *purposes: str) -> WrapValidator:
    """Takes the names of openpot's own functions, and besides those that users registered."""

    def validate(value: Any, handler: Callable[[Any], Any]) -> Any:
        is_own = isinstance(value, kinds) or value in list(kinds)
        return RegisteredName(value) if not is_own and is_registered(value, *purposes) else handler(value)

    return WrapValidator(validate)


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class EstimatorEnd:
    """One end of a range; None means "not stated" from a user and "does not apply" in a resolved configuration.

    ``type`` and ``aggregator`` may be a ``RegisteredName`` instead, of a function that a user registered.
    """

    type: Annotated[EstimatorType | None, _or_registered(EstimatorType, ACTIVATIONS, WEIGHTS)] = None
    outlier_prob: float | None = Field(default=None, ge=0.0, lt=0.5)
    aggregator: Annotated[EstimatorAggregator | None, _or_registered(EstimatorAggregator, AGGREGATORS)] = None
    granularity: StatedGranularity | None = None
    clipping_value: float | None = Field(default=None, allow_inf_nan=False)


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class RangeEstimatorConfig:
    """Both ends; a resolved configuration of symmetric weights has no ``min``."""

    min: EstimatorEnd | None = None
    max: EstimatorEnd | None = None
    preset: EstimatorPreset = EstimatorPreset.DEFAULT


def resolve_range_estimator(
    user: RangeEstimatorConfig | None, kind: str, granularity: Granularity, mode: QuantizationMode
) -> RangeEstimatorConfig:
    """The complete estimator for a tensor.

    Args:
        user: what the user stated, possibly only in part.
        kind: ``weights``, ``activations`` or ``outputs`` (the two latter have the same table).
        granularity: of the tensor's limits; an end may narrow it to one value for the tensor.
        mode: symmetric or asymmetric limits.

    Returns:
        A configuration whose ends have a type, an outlier share if it is a quantile, an aggregator unless the tensor
        is constant, and a granularity. Symmetric weights get no ``min``.
    """
    config = user or RangeEstimatorConfig()
    if kind == "weights":
        default = _choose_weights_default(config.preset, mode)
    else:
        default = _choose_activations_default(config.preset, granularity, mode)
    low = None if default.min is None else _complete(config.min, default.min, granularity, kind)
    return RangeEstimatorConfig(low, _complete(config.max, default.max, granularity, kind), config.preset)


def _choose_weights_default(preset: EstimatorPreset, mode: QuantizationMode) -> RangeEstimatorConfig:
    quantile = preset == EstimatorPreset.QUANTILE
    if mode == QuantizationMode.SYMMETRIC:
        return RangeEstimatorConfig(max=_make_end(EstimatorType.ABS_QUANTILE if quantile else EstimatorType.ABS_MAX))
    return RangeEstimatorConfig(
        min=_make_end(EstimatorType.QUANTILE if quantile else EstimatorType.MIN),
        max=_make_end(EstimatorType.QUANTILE if quantile else EstimatorType.MAX),
    )


def _choose_activations_default(
    preset: EstimatorPreset, granularity: Granularity, mode: QuantizationMode
) -> RangeEstimatorConfig:
    quantile = preset == EstimatorPreset.QUANTILE
    per_channel = isinstance(granularity, PerChannel)
    symmetric = mode == QuantizationMode.SYMMETRIC
    # Per channel, an average would clip rare channels; the extreme over all inferences is safe.
    high = EstimatorAggregator.MAX if per_channel else EstimatorAggregator.MEAN
    if symmetric:
        # The low end only decides whether the tensor is non-negative: one answer for the tensor, over everything.
        low_end = _make_end(EstimatorType.MIN, EstimatorAggregator.MIN, PerTensor())
        return RangeEstimatorConfig(
            low_end, _make_end(EstimatorType.ABS_QUANTILE if quantile else EstimatorType.ABS_MAX, high)
        )
    low = EstimatorAggregator.MIN if per_channel else EstimatorAggregator.MEAN
    return RangeEstimatorConfig(
        _make_end(EstimatorType.QUANTILE if quantile else EstimatorType.MIN, low),
        _make_end(EstimatorType.QUANTILE if quantile else EstimatorType.MAX, high),
    )


def _make_end(
    estimator: EstimatorType, aggregator: EstimatorAggregator | None = None, granularity: Granularity | None = None
) -> EstimatorEnd:
    return EstimatorEnd(type=estimator, aggregator=aggregator, granularity=granularity)


def _complete(
    end: EstimatorEnd | None, default: EstimatorEnd | None, granularity: Granularity, kind: str
) -> EstimatorEnd:
    base = default or EstimatorEnd()
    if end is not None:
        changes = {field.name: getattr(end, field.name) for field in dataclasses.fields(end)}
        base = dataclasses.replace(base, **{name: value for name, value in changes.items() if value is not None})
    is_quantile = base.type is not None and base.type.is_quantile
    outlier_prob = base.outlier_prob if base.outlier_prob is not None else DEFAULT_OUTLIER_PROB
    return dataclasses.replace(
        base,
        outlier_prob=outlier_prob if is_quantile else None,
        aggregator=None if kind == "weights" else base.aggregator,
        granularity=base.granularity or granularity,
    )
