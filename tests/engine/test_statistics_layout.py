import numpy as np
import pytest

import openvino as ov
from openpot.engine.statistics_layout import (
    LayoutEntry,
    NodeStatistic,
    collect_requests,
    find_tensor,
    format_output_key,
    make_empty_statistics,
)
from openpot.errors import ConfigError, UnknownNameError
from openpot.graph.node_index import NodeIndex
from openpot.graph.tensor_id import TensorId
from openpot.numerics.reducers import Reducer, ReducerKind
from openvino import opset13 as op
from toy_models import if_model, tiny_cnn


class Difference:
    def list_companions(self, node):
        return (f"{node}_bias",)

    def compute_for_node(self, tensors, node):
        return float((tensors[f"{node}_bias"] - tensors[node]).max())


def split_model():
    data = op.parameter([1, 4], np.float32, name="data")
    split = op.split(data, op.constant(np.int64(1)), 2, name="split")
    dotted = op.relu(split.output(1), name="with.dots.2")
    return ov.Model([op.result(split.output(0), name="left"), op.result(dotted, name="right")], [data], "split")


@pytest.mark.parametrize(
    ("key", "tensor"),
    [
        ("split", TensorId("split", 0)),
        (("split", 1), TensorId("split", 1)),
        ("split.1", TensorId("split", 1)),
        ("with.dots.2", TensorId("with.dots.2", 0)),
        ("with.dots.2.0", TensorId("with.dots.2", 0)),
        ("split/pre_fq_input", TensorId("split", 0)),
        ("split/pre_fq_input.1", TensorId("split", 1)),
    ],
    ids=str,
)
def test_keys_name_tensors_in_three_ways(key, tensor):
    assert find_tensor(key, NodeIndex(split_model())) == tensor


def test_an_unknown_node_is_named_with_the_nearest_one():
    with pytest.raises(UnknownNameError, match="did you mean 'split'"):
        find_tensor("splits", NodeIndex(split_model()))


@pytest.mark.parametrize("key", [3, ("split",), ("split", "1"), None])
def test_keys_of_other_forms_are_refused(key):
    with pytest.raises(ConfigError, match="stats_layout"):
        find_tensor(key, NodeIndex(split_model()))


def test_each_function_becomes_a_request():
    reducer = Reducer(ReducerKind.MAX)
    requests, entries = collect_requests({"relu1": {"max": reducer, np.mean: np.mean}}, NodeIndex(tiny_cnn()))
    assert requests == [(TensorId("relu1"), reducer), (TensorId("relu1"), np.mean)]
    assert [(entry.node_key, entry.statistic_key) for entry in entries] == [("relu1", "max"), ("relu1", np.mean)]


def test_something_that_is_no_function_is_refused():
    with pytest.raises(ConfigError, match=r"stats_layout\['relu1'\]\['max'\]: expected a function, got 3"):
        collect_requests({"relu1": {"max": 3}}, NodeIndex(tiny_cnn()))


def test_a_node_inside_a_body_has_a_key_and_is_refused_when_it_is_observed():
    assert find_tensor("choice|then|inner", NodeIndex(if_model())) == TensorId("choice|then|inner")


def test_values_are_read_from_slices_or_answers():
    packed = np.array([1, 2, 3, np.nan], np.float32)
    slices = {0: slice(0, 1), 1: slice(1, 3), 2: slice(3, 4)}

    def value(function, number, loose=None):
        return LayoutEntry("n", "s", function, {"n": number}).compute_value(slices, packed, loose or {})

    per_tensor, per_channel = Reducer(ReducerKind.MAX), Reducer(ReducerKind.MAX, 1)
    assert value(per_tensor, 0).shape == ()
    assert value(per_channel, 1).tolist() == [2, 3]
    assert value(per_tensor, 2) is None
    assert value(np.mean, 3, {3: "mean"}) == "mean"
    assert value(np.mean, 3) is None


def test_statistics_of_several_nodes_get_all_their_tensors():
    statistic = Difference()
    assert isinstance(statistic, NodeStatistic)
    assert not isinstance(np.mean, NodeStatistic)
    requests, (entry,) = collect_requests({"conv1": {"d": statistic}}, NodeIndex(tiny_cnn()))
    assert [tensor.node for tensor, _ in requests] == ["conv1", "conv1_bias"]
    loose = {0: np.array([1.0, 2.0]), 1: np.array([1.5, 2.0])}
    assert entry.compute_value({}, np.zeros(0), loose) == 0.5
    assert entry.compute_value({}, np.zeros(0), {0: loose[0]}) is None


def test_the_answer_has_the_shape_of_the_layout():
    assert make_empty_statistics({("a", 1): {"max": np.max}}) == {("a", 1): {"max": []}}
    assert format_output_key(("a", 1)) == "a.1"
    assert format_output_key("a") == "a"
