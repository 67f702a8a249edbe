"""From planned quantizers of activations to statistics, and back to ranges."""

import numpy as np
import pytest

from openpot.config.quantizer import QuantizerConfig
from openpot.config.range_estimator import EstimatorEnd, RangeEstimatorConfig, resolve_range_estimator
from openpot.errors import DataError
from openpot.graph.tensor_id import TensorId
from openpot.numerics.aggregators import AggregatorKind
from openpot.numerics.reducers import ReducerKind
from openpot.placement.plan import PlannedQuantizer, QuantizerKind
from openpot.scheme import PerChannel, PerTensor, QuantizationMode
from openpot.statistics.range_statistics import specify_range


def planned(mode="symmetric", per_channel=False, signed=None):
    granularity = PerChannel(1) if per_channel else PerTensor()
    config = QuantizerConfig(mode=QuantizationMode(mode), granularity=granularity, signed=signed)
    return PlannedQuantizer("x/fq", TensorId("x"), (), QuantizerKind.ACTIVATIONS, config, 256)


def specs_of(quantizer, user=None, batch_size=1):
    estimator = resolve_range_estimator(user, "activations", quantizer.granularity, quantizer.config.mode)
    return specify_range(quantizer, estimator, batch_size)


@pytest.mark.parametrize(
    ("mode", "per_channel", "low", "high"),
    [
        ("symmetric", False, ("min", None, "min"), ("abs_max", None, "mean")),
        ("asymmetric", False, ("min", None, "mean"), ("max", None, "mean")),
        ("symmetric", True, ("min", None, "min"), ("abs_max", 1, "max")),
        ("asymmetric", True, ("min", 1, "min"), ("max", 1, "max")),
    ],
    ids=["symmetric", "asymmetric", "symmetric per channel", "asymmetric per channel"],
)
def test_default_estimators_are_those_of_the_table(mode, per_channel, low, high):
    specs = specs_of(planned(mode, per_channel))
    found = [(s.reducer.kind.value, s.reducer.channel_axis, s.aggregator.kind.value) for s in (specs.low, specs.high)]
    assert found == [low, high]


def test_signed_symmetric_quantizers_need_no_minimum():
    specs = specs_of(planned(signed=True))
    assert specs.low is None
    assert specs.all == (specs.high,)


def test_quantile_levels_leave_the_outliers_out_at_both_ends():
    user = RangeEstimatorConfig(EstimatorEnd("quantile", 0.01), EstimatorEnd("quantile", 0.02))
    specs = specs_of(planned("asymmetric"), user)
    assert specs.low.reducer.kind == specs.high.reducer.kind == ReducerKind.QUANTILE
    assert (specs.low.reducer.quantile, specs.high.reducer.quantile) == (0.01, 0.98)


def test_samples_of_a_shared_inference_are_averaged_one_by_one():
    specs = specs_of(planned(), batch_size=4)
    assert specs.high.aggregator.kind == AggregatorKind.MEAN
    assert specs.high.reducer.average_over_batch
    assert not specs.low.reducer.average_over_batch, "the extreme over everything needs no averages"


def test_observed_ranges_come_from_the_values_of_the_specs():
    specs = specs_of(planned("asymmetric"))
    low, high = specs.read_ends({specs.low: np.array(-1.0), specs.high: np.array(3.0)})
    assert (low, high) == (-1.0, 3.0)


def test_a_tensor_that_was_never_reached_is_named():
    specs = specs_of(planned())
    with pytest.raises(DataError, match="no values were observed at x"):
        specs.read_ends({specs.low: np.array(0.0)})
