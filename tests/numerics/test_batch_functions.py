"""POT's aggregators, with the values of its own tests."""

import numpy as np
import pytest

from openpot.errors import DataError
from openpot.numerics.batch_functions import BY_NAME

BATCHES = np.arange(8.0).reshape(2, 2, 2)
GOLD = {
    "batch_mean": [[[2, 3], [4, 5]]],
    "mean": [3, 4],
    "max": [6, 7],
    "min": [0, 1],
    "median": [3, 4],
    "mean_no_outliers": [3, 4],
    "median_no_outliers": [3, 4],
    "hl_estimator": [3, 4],
    "power_of_2": 8,
}


@pytest.mark.parametrize("name", BY_NAME)
def test_gold_values(name):
    result = BY_NAME[name](BATCHES)
    assert result.shape == np.shape(GOLD[name])
    np.testing.assert_allclose(result, GOLD[name])


@pytest.mark.parametrize("name", sorted(set(BY_NAME) - {"batch_mean", "power_of_2"}))
def test_one_number_for_each_sample_gives_one_number(name):
    assert BY_NAME[name]([np.array([0.0]), np.array([2.0]), np.array([4.0])]) == {"min": 0, "max": 4}.get(name, 2)


def test_the_last_batch_may_be_smaller():
    batches = [np.array([[0.0], [2.0]]), np.array([[10.0]])]
    assert BY_NAME["mean"](batches).tolist() == [5.5]
    assert BY_NAME["median"](batches).tolist() == [2]


def test_nothing_observed_is_refused():
    with pytest.raises(DataError, match="no sample"):
        BY_NAME["median"]([])
