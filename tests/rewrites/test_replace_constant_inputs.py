"""New constants for single operations."""

import numpy as np
import pytest

import openvino as ov
from openpot.errors import ModelError
from openpot.graph.node_index import NodeIndex
from openpot.graph.tensor_id import InputId
from openpot.graph.weights import constant_value
from openpot.rewrites.replace_constant_inputs import replace_constant_inputs
from openvino import opset13 as op


def shared_weights():
    """Two convolutions that read one 16-bit constant."""
    data = op.parameter([1, 2, 4, 4], np.float32, name="data")
    weights = op.convert(op.constant(np.ones((2, 2, 1, 1), np.float16), name="w"), "f32", name="w_f32")
    first = op.convolution(data, weights, [1, 1], [0, 0], [0, 0], [1, 1], name="first")
    second = op.convolution(first, weights, [1, 1], [0, 0], [0, 0], [1, 1], name="second")
    return ov.Model([op.result(second)], [data], "shared")


def weights_of(model, name):
    nodes = NodeIndex(model)
    return constant_value(nodes, nodes.input(InputId(name, 1)).get_source_output())


def test_only_the_named_operation_reads_the_new_constant():
    model = shared_weights()
    result = replace_constant_inputs(model, {InputId("first", 1): np.full((2, 2, 1, 1), 3.0)}, "new")
    assert result.changed
    assert (weights_of(model, "first") == 3.0).all()
    assert (weights_of(model, "second") == 1.0).all()


def test_constants_can_be_replaced_again():
    model = shared_weights()
    for value in (3.0, 5.0):
        replace_constant_inputs(model, {InputId("first", 1): np.full((2, 2, 1, 1), value)}, "new")
    assert (weights_of(model, "first") == 5.0).all()
    assert "first/new1" in NodeIndex(model)


@pytest.mark.parametrize(
    ("reader", "value"),
    [(InputId("first", 0), np.ones((1, 2, 4, 4))), (InputId("first", 1), np.ones((2, 2)))],
    ids=["data", "other shape"],
)
def test_what_does_not_fit_is_refused_and_nothing_changes(reader, value):
    model = shared_weights()
    with pytest.raises(ModelError, match="must read a constant of shape"):
        replace_constant_inputs(model, {InputId("second", 1): np.full((2, 2, 1, 1), 9.0), reader: value}, "new")
    assert (weights_of(model, "second") == 1.0).all()
