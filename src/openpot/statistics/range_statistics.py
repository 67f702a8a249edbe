"""From planned quantizers of activations to what has to be observed, and back to the observed range."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from openpot.config.range_estimator import EstimatorAggregator, EstimatorEnd, RangeEstimatorConfig
from openpot.config.registered_functions import ACTIVATIONS, AGGREGATORS, RegisteredName, find_function
from openpot.errors import DataError
from openpot.numerics.aggregators import Aggregator, AggregatorKind
from openpot.numerics.reducers import Reducer, ReducerKind
from openpot.numerics.user_functions import UserAggregator, UserReducer
from openpot.placement.plan import PlannedQuantizer
from openpot.scheme import Granularity, PerChannel, PerTensor, QuantizationMode
from openpot.statistics.spec import StatisticSpec
from openpot.typing_aliases import Array

_EXTREMES = (EstimatorAggregator.MIN, EstimatorAggregator.MAX)


@dataclass(frozen=True)
class RangeSpecs:
    """The statistics that the range of one quantizer follows from; ``low`` is None where only the magnitude counts."""

    low: StatisticSpec | None
    high: StatisticSpec

    @property
    def all(self) -> tuple[StatisticSpec, ...]:
        """What to collect."""
        return (self.high,) if self.low is None else (self.low, self.high)

    def is_in(self, values: Mapping[StatisticSpec, Array]) -> bool:
        """Whether all of them were answered."""
        return all(spec in values for spec in self.all)

    def read_ends(self, values: Mapping[StatisticSpec, Array]) -> tuple[Array | None, Array]:
        """Low and high end in ``values``, each of shape ``()`` or ``(channels,)``.

        Raises:
            DataError: nothing was observed for the tensor.
        """
        missing = [spec for spec in self.all if spec not in values]
        if missing:
            raise DataError(
                f"no values were observed at {missing[0].tensor}: the calibration samples never reach it; leave the "
                "operations after it out (ignored scope) or calibrate with samples that do"
            )
        return None if self.low is None else values[self.low], values[self.high]


def specify_range(quantizer: PlannedQuantizer, estimator: RangeEstimatorConfig, batch_size: int) -> RangeSpecs:
    """What to observe for a quantizer of activations.

    Args:
        quantizer: the planned quantizer.
        estimator: both ends, complete (see ``resolve_range_estimator``).
        batch_size: samples that share an inference; averages then weigh samples, not inferences.
    """
    only_magnitude = quantizer.config.mode == QuantizationMode.SYMMETRIC and quantizer.config.signed is True
    low = None
    if estimator.min is not None and not only_magnitude:
        low = _make_spec(quantizer, estimator.min, is_high=False, batch_size=batch_size)
    return RangeSpecs(low, _make_spec(quantizer, estimator.max or EstimatorEnd(), is_high=True, batch_size=batch_size))


def widen_estimator(estimator: RangeEstimatorConfig) -> RangeEstimatorConfig:
    """The same estimator with the extremes of all inferences in place of averages."""
    low = None if estimator.min is None else replace(estimator.min, aggregator=EstimatorAggregator.MIN)
    return replace(estimator, min=low, max=replace(estimator.max or EstimatorEnd(), aggregator=EstimatorAggregator.MAX))


def make_symmetric(quantizer: PlannedQuantizer) -> PlannedQuantizer:
    """The same quantizer with limits around zero."""
    return replace(quantizer, config=replace(quantizer.config, mode=QuantizationMode.SYMMETRIC))


def _make_spec(quantizer: PlannedQuantizer, end: EstimatorEnd, is_high: bool, batch_size: int) -> StatisticSpec:
    aggregator = end.aggregator or EstimatorAggregator.MEAN
    averages = batch_size > 1 and aggregator not in _EXTREMES
    reducer = _reducer(end, is_high, _find_channel_axis(quantizer.granularity, end), averages)
    return StatisticSpec(quantizer.tensor, reducer, _aggregator(aggregator))


def _reducer(end: EstimatorEnd, is_high: bool, axis: int | None, averages: bool) -> Reducer:
    if isinstance(end.type, RegisteredName):
        function = find_function(ACTIVATIONS, PerTensor.key if axis is None else PerChannel.key, end.type)
        return UserReducer(channel_axis=axis, average_over_batch=averages, function=function, takes_largest=is_high)
    kind = ReducerKind(end.type or ("max" if is_high else "min"))
    quantile = None
    if kind.is_quantile:
        outside = end.outlier_prob or 0.0
        quantile = 1.0 - outside if is_high else outside
    return Reducer(kind, axis, quantile, average_over_batch=averages)


def _aggregator(stated: EstimatorAggregator) -> Aggregator:
    if isinstance(stated, RegisteredName):
        return UserAggregator(function=find_function(AGGREGATORS, "", stated))
    return Aggregator(AggregatorKind(stated))


def _find_channel_axis(granularity: Granularity, end: EstimatorEnd) -> int | None:
    if not isinstance(granularity, PerChannel) or isinstance(end.granularity, PerTensor):
        return None
    return granularity.axes[0]
