import numpy as np
import pytest

from openpot.legacy import statistic_functions as functions
from openpot.legacy.function_selector import get_stats_function

CUBE = np.random.default_rng(0).standard_normal((3, 4, 5, 6))


def test_functions_made_from_them_are_pots():
    per_channel = functions.calculate_per_channel_stats(CUBE, np.max)
    expected = get_stats_function("activations", "max", "perchannel", "compute_statistic")(CUBE)
    np.testing.assert_array_equal(per_channel, expected)
    per_tensor = functions.calculate_per_tensor_stats(CUBE, np.min)
    expected = get_stats_function("activations", "min", "pertensor", "compute_statistic")(CUBE)
    np.testing.assert_array_equal(per_tensor, expected)
    per_filter = functions.calculate_per_filter_stats(CUBE, np.max, transpose=True)
    np.testing.assert_array_equal(per_filter, CUBE.max(axis=(0, 2, 3)))


def test_small_arrays():
    np.testing.assert_array_equal(functions.calculate_per_tensor_stats(np.arange(3.0), np.max), [2])
    matrix = np.ones((2, 3))
    assert functions.calculate_per_channel_stats(matrix, np.max) is matrix
    assert functions.calculate_per_filter_stats(np.float64(3), np.max) == 3
    assert functions.calculate_per_channel_stats(CUBE, np.mean, axis=3).shape == (3, 6)


@pytest.mark.parametrize("shape", [(100, 1), (50, 2, 3)], ids=str)
def test_outliers_are_left_out(shape):
    values = np.zeros(shape)
    values.ravel()[: values.shape[-1]] = 1000
    found = functions.no_outliers_estimator(np.mean, list(values), alpha=0.02)
    np.testing.assert_array_equal(found, np.zeros(shape[2] if len(shape) > 2 else 1))
