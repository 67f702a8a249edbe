"""Ranges of constants."""

import numpy as np
import pytest

from openpot.config.range_estimator import EstimatorEnd, RangeEstimatorConfig, resolve_range_estimator
from openpot.errors import ModelError
from openpot.scheme import PerChannel, PerGroup, PerTensor, QuantizationMode
from openpot.statistics.weight_ranges import compute_weight_range


def estimator(mode="symmetric", user=None):
    return resolve_range_estimator(user, "weights", PerChannel(), QuantizationMode(mode))


WEIGHTS = np.arange(-12.0, 12.0, dtype=np.float32).reshape(2, 3, 4)


@pytest.mark.parametrize(
    ("granularity", "high"),
    [
        (PerTensor(), 12.0),
        (PerChannel(0), [12.0, 11.0]),
        (PerChannel(1), [12.0, 8.0, 11.0]),
        (PerChannel((0, 1)), [12.0, 8.0, 4.0, 3.0, 7.0, 11.0]),
        (PerGroup(2, 0, 2), [12.0, 10.0, 9.0, 11.0]),
    ],
    ids=["tensor", "filters", "second axis", "two axes", "groups"],
)
def test_symmetric_ranges_are_the_largest_magnitude_of_each_channel(granularity, high):
    low, found = compute_weight_range(WEIGHTS, granularity, estimator(), "w")
    assert low is None
    np.testing.assert_array_equal(found, high)


def test_matrices_have_one_range_if_that_is_asked_for():
    _, high = compute_weight_range(WEIGHTS.reshape(6, 4), PerTensor(), estimator(), "w")
    assert (high.shape, high) == ((), 12.0)


def test_asymmetric_ranges_have_both_ends():
    low, high = compute_weight_range(WEIGHTS, PerChannel(0), estimator("asymmetric"), "w")
    np.testing.assert_array_equal(low, [-12.0, 0.0])
    np.testing.assert_array_equal(high, [-1.0, 11.0])


def test_quantiles_leave_outliers_out():
    values = np.zeros((1, 1000), np.float32)
    values[0, 0] = 50.0
    user = RangeEstimatorConfig(max=EstimatorEnd("abs_quantile", 0.01))
    _, high = compute_weight_range(values, PerChannel(0), estimator(user=user), "w")
    assert high.shape == (1,)
    assert high[0] == 0.0


@pytest.mark.parametrize("bad", [np.nan, np.inf], ids=["nan", "inf"])
def test_constants_that_are_not_finite_are_named_with_their_count(bad):
    values = np.ones((2, 3), np.float32)
    values[0, 1] = bad
    with pytest.raises(ModelError, match=r"'conv_w' holds 1 of 6 values"):
        compute_weight_range(values, PerTensor(), estimator(), "conv_w")
