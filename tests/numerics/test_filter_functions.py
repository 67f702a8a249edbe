"""POT's statistics of weights, with the values of its own tests."""

import numpy as np
import pytest

from openpot.numerics.filter_functions import PER_FILTER, PER_TENSOR

CUBE = np.arange(16, dtype=np.float32).reshape(2, 2, 2, 2)

GOLD = [
    # name, options, per tensor, per filter, per filter transposed
    ("min", {}, 0, [0, 8], [0, 4]),
    ("max", {}, 15, [7, 15], [11, 15]),
    ("abs_max", {}, 15, [7, 15], [11, 15]),
    ("quantile", {"q": 0.01}, 0.15, [0.07, 8.07], [0.07, 4.07]),
    ("abs_quantile", {"q": 0.01}, 0.15, [0.07, 8.07], [0.07, 4.07]),
]


@pytest.mark.parametrize(("name", "options", "tensor", "filters", "transposed"), GOLD, ids=[row[0] for row in GOLD])
def test_gold_values(name, options, tensor, filters, transposed):
    np.testing.assert_allclose(PER_TENSOR[name](CUBE, **options), tensor, rtol=1e-6)
    np.testing.assert_allclose(PER_FILTER[name](CUBE, **options), filters, rtol=1e-6)
    np.testing.assert_allclose(PER_FILTER[name](CUBE, transpose=True, **options), transposed, rtol=1e-6)


def test_every_name_is_in_the_table():
    assert {row[0] for row in GOLD} == set(PER_TENSOR) == set(PER_FILTER)


def test_transposing_does_not_matter_for_the_whole_tensor():
    assert PER_TENSOR["max"](CUBE, transpose=True) == 15


@pytest.mark.parametrize("function", [*PER_TENSOR.values(), *PER_FILTER.values()], ids=repr)
def test_a_scalar_stays_a_scalar(function):
    assert function(np.float32(3), transpose=True).shape == ()
    assert function(np.float32(3)) == 3


def test_magnitudes_count_negative_weights():
    weights = np.array([[-4.0, 1.0], [2.0, -1.0]])
    assert PER_FILTER["abs_max"](weights).tolist() == [4, 2]
    assert PER_FILTER["abs_quantile"](weights, 1.0).tolist() == [4, 2]
