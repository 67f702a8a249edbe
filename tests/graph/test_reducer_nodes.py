import numpy as np
import pytest

import openvino as ov
from openpot.graph.reducer_nodes import PREFIX, ReducerNodes
from openpot.numerics.reducers import Reducer, ReducerKind
from openvino import opset13 as op


def data_of(shape, dtype=np.float32):
    return op.parameter(shape, dtype, name="data").output(0)


@pytest.mark.parametrize("kind", [kind for kind in ReducerKind if not kind.is_quantile])
def test_reduced_tensors_keep_their_rank_and_their_channels(kind):
    nodes, data = ReducerNodes(), data_of([2, 3, 4])
    assert list(nodes.reduce(data, Reducer(kind), "data").get_shape()) == [1, 1, 1]
    assert list(nodes.reduce(data, Reducer(kind, 1), "data").get_shape()) == [1, 3, 1]
    assert list(nodes.reduce(data, Reducer(kind, -1, average_over_batch=True), "data").get_shape()) == [1, 1, 4]


def test_equal_parts_are_made_once():
    nodes, data = ReducerNodes(), data_of([2, 3])
    first = nodes.reduce(data, Reducer(ReducerKind.MAX), "data")
    assert nodes.reduce(data, Reducer(ReducerKind.MAX), "data").get_node() is not None
    assert nodes.reduce(data, Reducer(ReducerKind.MAX), "data") == first
    assert nodes.reduce(data, Reducer(ReducerKind.MAX, 1), "data") != first


def test_every_node_has_a_name_of_its_own():
    nodes, data = ReducerNodes(), data_of([-1, 3], np.int64)
    real = nodes.convert_to_float(data, "data")
    kinds = (ReducerKind.MIN, ReducerKind.MEAN_SQUARE)
    reduced = [nodes.reduce(real, Reducer(kind, axis), "data") for kind in kinds for axis in (None, 1)]
    _, sizes = nodes.join_sizes({"data": data}, 8)
    model = ov.Model([op.result(nodes.join(reduced, 1)), op.result(sizes[0])], [data.get_node()], "m")
    made = [node.get_friendly_name() for node in model.get_ops() if node.get_type_name() not in ("Parameter", "Result")]
    assert all(name.startswith(PREFIX) for name in made)
    assert len(set(made)) == len(made)


def test_float32_stays_and_other_types_are_converted():
    nodes, data = ReducerNodes(), data_of([2])
    assert nodes.convert_to_float(data, "data") == data
    assert nodes.convert_to_float(data_of([2], np.bool_), "other").get_element_type() == ov.Type.f32


def test_sizes_are_told_with_their_places():
    nodes = ReducerNodes()
    places, parts = nodes.join_sizes({"a": data_of([-1, 2]), "b": data_of([-1, -1, 3])}, 5)
    assert places == {"a": slice(5, 7), "b": slice(7, 10)}
    assert list(parts[0].get_shape()) == [5]
    assert nodes.join_sizes({}, 5) == ({}, [])
