import numpy as np
import pytest

from openpot.errors import DataError
from openpot.numerics.user_functions import UserAggregator, UserReducer

CUBE = np.arange(24.0).reshape(2, 3, 4)


def of_samples(values):
    return values.reshape(len(values), -1).max(axis=1)


def of_channels(values):
    return values.reshape(*values.shape[:2], -1).max(axis=2)


@pytest.mark.parametrize(
    ("options", "function", "expected"),
    [
        ({}, of_samples, 23),
        ({"takes_largest": False}, of_samples, 11),
        ({"average_over_batch": True}, of_samples, 17),
        ({"channel_axis": 1}, of_channels, [15, 19, 23]),
        ({"channel_axis": -1}, of_channels, [20, 21, 22, 23]),
        ({"channel_axis": 1, "takes_largest": False}, of_channels, [3, 7, 11]),
        ({"channel_axis": 1}, lambda values: of_channels(values).max(axis=0), [15, 19, 23]),
    ],
)
def test_values_of_samples_are_joined_over_the_batch(options, function, expected):
    found = UserReducer(function=function, **options)(CUBE)
    np.testing.assert_array_equal(found, expected)
    assert found.dtype == np.float64


def test_another_shape_is_refused_with_the_name_of_the_function():
    with pytest.raises(DataError, match=r"the statistic 'of_samples' gave values of shape \(1, 2\)"):
        UserReducer(channel_axis=1, function=of_samples)(CUBE)


def test_an_aggregator_gets_an_array_for_each_inference():
    seen = []

    def second(arrays):
        seen.extend(array.shape for array in arrays)
        return arrays[1]

    aggregator = UserAggregator(function=second)
    np.testing.assert_array_equal(aggregator([np.array([1.0, 2]), np.array([3.0, 4])]), [3, 4])
    assert aggregator([np.float64(1), np.float64(2)]) == 2
    assert seen == [(1, 2), (1, 2), (1,), (1,)]
    with pytest.raises(DataError):
        aggregator([])
