from functools import partial

import numpy as np
import pytest

from openpot.engine.statistics_layout import NodeStatistic
from openpot.errors import ConfigError, UnknownNameError
from openpot.statistics.statistic import (
    SQNRStatistic,
    Statistic,
    TensorStatistic,
    TensorStatisticAxis,
    compute_statistic,
)

TENSOR = np.arange(16.0).reshape(2, 2, 2, 2)


def scaled(tensor, factor=1, offset=0):
    return float(tensor.max()) * factor + offset


def test_bound_arguments_follow_the_tensor():
    assert TensorStatistic(scaled, 2, offset=1)(TENSOR) == 31
    assert TensorStatistic(scaled).compute(TENSOR) == 15


@pytest.mark.parametrize(
    ("first", "second", "equal"),
    [
        (TensorStatistic(scaled, 2), TensorStatistic(scaled, 2), True),
        (TensorStatistic(scaled, 2), TensorStatistic(scaled, 3), False),
        (TensorStatistic(scaled, offset=1), TensorStatistic(scaled, offset=1), True),
        (TensorStatistic(scaled, offset=1), TensorStatistic(scaled, offset=2), False),
        (TensorStatistic(scaled), TensorStatistic(np.max), False),
        (TensorStatistic(partial(scaled, factor=2)), TensorStatistic(partial(scaled, factor=2)), True),
        (TensorStatistic(partial(scaled, factor=2)), TensorStatistic(partial(scaled, factor=3)), False),
        (TensorStatistic(scaled), Statistic(scaled), False),
        (TensorStatisticAxis(channel={"n": 1}), TensorStatisticAxis(channel={"n": 1}), True),
        (TensorStatisticAxis(channel={"n": 1}), TensorStatisticAxis(channel={"n": 2}), False),
        (SQNRStatistic(scaled, "_q"), SQNRStatistic(scaled, "_q"), True),
        (SQNRStatistic(scaled, "_q"), SQNRStatistic(scaled, "_p"), False),
        (TensorStatistic(scaled), "text", False),
    ],
    ids=lambda value: "",
)
def test_statistics_are_equal_if_they_compute_the_same(first, second, equal):
    assert (first == second) is equal
    assert not equal or hash(first) == hash(second)


def test_a_statistic_needs_a_way_to_be_computed():
    with pytest.raises(ConfigError, match="Statistic does not say how"):
        Statistic(scaled)(TENSOR)


def test_subclasses_written_for_pot_compute():
    class Span(Statistic):
        def compute(self, *input_tensor, **kwargs):
            return self.func(input_tensor[0]) - input_tensor[0].min()

    assert Span(np.max)(TENSOR) == 15


def test_the_mean_is_taken_along_the_axis_of_each_node():
    statistic = TensorStatisticAxis(inplace_statistics=False, channel={"last": 3})
    assert isinstance(statistic, NodeStatistic)
    assert statistic.list_companions("last") == ()
    tensors = {"last": TENSOR, "other": TENSOR}
    np.testing.assert_array_equal(statistic.compute_for_node(tensors, "last"), TENSOR.mean(axis=(1, 2)))
    np.testing.assert_array_equal(statistic.compute_for_node(tensors, "other"), TENSOR.mean(axis=(2, 3)))
    np.testing.assert_array_equal(statistic(TENSOR), [[1.5, 5.5], [9.5, 13.5]])


def test_two_versions_of_a_tensor_are_compared():
    statistic = SQNRStatistic(lambda first, second: float((first - second).max()), "_q")
    assert isinstance(statistic, NodeStatistic)
    assert statistic.list_companions("conv") == ("conv_q",)
    assert statistic.compute_for_node({"conv": TENSOR, "conv_q": TENSOR - 2}, "conv") == 2
    with pytest.raises(UnknownNameError, match="'conv_q'"):
        statistic({"conv": TENSOR}, "conv")


@pytest.mark.parametrize(
    ("statistic", "arguments", "expected"),
    [
        (np.max, (TENSOR,), 15),
        (np.max, ({"n": TENSOR}, "n"), 15),
        (TensorStatistic(scaled, 2), ({"n": TENSOR}, "n"), 30),
        (SQNRStatistic(lambda a, b: float((a - b).max()), "_q"), ({"n": TENSOR, "n_q": TENSOR}, "n"), 0),
        (TensorStatisticAxis(channel={"n": 1}), ({"n": TENSOR}, "n"), [[1.5, 5.5], [9.5, 13.5]]),
    ],
    ids=["function", "function on a dict", "statistic on a dict", "two tensors", "axis of the node"],
)
def test_any_statistic_is_computed_from_tensors_or_dicts(statistic, arguments, expected):
    np.testing.assert_array_equal(compute_statistic(statistic, *arguments), expected)
