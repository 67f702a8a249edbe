"""POT's statistics of activations, with the values of its own tests."""

import numpy as np
import pytest

from openpot.numerics import sample_functions
from openpot.numerics.sample_functions import PER_CHANNEL, PER_TENSOR, already_reduced, mean_per_channel_axis

CUBE = np.arange(16, dtype=np.float32).reshape(2, 2, 2, 2)

PER_TENSOR_GOLD = [
    ("min", {}, [0, 8]),
    ("max", {}, [7, 15]),
    ("abs_max", {}, [7, 15]),
    ("quantile", {"q": 0.01}, [0.07, 8.07]),
    ("abs_quantile", {"q": 0.01}, [0.07, 8.07]),
]
PER_CHANNEL_GOLD = [
    ("min", {}, [[0, 4], [8, 12]]),
    ("max", {}, [[3, 7], [11, 15]]),
    ("abs_max", {}, [[3, 7], [11, 15]]),
    ("quantile", {"q": 0.01}, [[0.03, 4.03], [8.03, 12.03]]),
    ("abs_quantile", {"q": 0.01}, [[0.03, 4.03], [8.03, 12.03]]),
    ("mean", {}, [[1.5, 5.5], [9.5, 13.5]]),
    ("mean_axis", {}, [[1.5, 5.5], [9.5, 13.5]]),
]


@pytest.mark.parametrize(("name", "options", "expected"), PER_TENSOR_GOLD, ids=lambda value: str(value))
def test_per_tensor(name, options, expected):
    result = PER_TENSOR[name](CUBE, **options)
    assert result.shape == (2,)
    np.testing.assert_allclose(result, expected, rtol=1e-6)


@pytest.mark.parametrize(("name", "options", "expected"), PER_CHANNEL_GOLD, ids=lambda value: str(value))
def test_per_channel(name, options, expected):
    result = PER_CHANNEL[name](CUBE, **options)
    assert result.shape == (2, 2)
    np.testing.assert_allclose(result, expected, rtol=1e-6)


def test_every_name_is_in_the_tables():
    assert {row[0] for row in PER_TENSOR_GOLD} == set(PER_TENSOR)
    assert {row[0] for row in PER_CHANNEL_GOLD} == set(PER_CHANNEL)


@pytest.mark.parametrize("acts", [np.float32(-3), np.array([-3.0, 1.0])], ids=["scalar", "vector"])
def test_tensors_without_a_batch_axis_give_one_number(acts):
    assert PER_TENSOR["min"](acts).tolist() == [-3]
    assert PER_TENSOR["abs_max"](acts).tolist() == [3]


def test_per_channel_leaves_tensors_of_rank_2_as_they_are():
    acts = np.array([[1.0, -2.0]])
    for name in ("min", "max", "mean", "mean_axis", "quantile"):
        assert PER_CHANNEL[name](acts).tolist() == [[1, -2]]
    for name in ("abs_max", "abs_quantile"):
        assert PER_CHANNEL[name](acts).tolist() == [[1, 2]]


def test_the_level_may_be_given_by_position_and_unknown_options_are_ignored():
    assert sample_functions.quantile_per_tensor(CUBE, 1.0).tolist() == [7, 15]
    assert sample_functions.max_per_channel(CUBE, layer_key="conv", graph_depth=1).shape == (2, 2)


def test_the_channel_axis_is_looked_up_by_node():
    acts = CUBE[:, :, :, :1]
    by_node = mean_per_channel_axis(acts, "conv", channel={"conv": -1})
    np.testing.assert_allclose(by_node, acts.mean(axis=(1, 2)))
    np.testing.assert_allclose(mean_per_channel_axis(acts, "other", channel={"conv": -1}), acts.mean(axis=(2, 3)))


def test_what_the_model_reduced_is_passed_through():
    assert already_reduced(np.float32(3), "node", graph_depth=1).tolist() == [3]
    assert already_reduced(np.ones((2, 3))).shape == (2, 3)
