import numpy as np
import pytest

import openvino as ov
from openpot.errors import ModelError
from openpot.graph import build
from openpot.graph.edit import insert_on_inputs
from openpot.graph.tensor_id import InputId, TensorId
from openpot.legacy import node_access as access
from openpot.legacy.graph_editor import get_all_operation_nodes, get_node_by_name, get_nodes_by_type
from openpot.numerics.fake_quantize import FakeQuantizeLimits
from openvino import opset13 as op
from toy_models import worked_example


@pytest.fixture
def model():
    return worked_example()


def names(nodes):
    return [node.name for node in nodes]


def test_neighbours_of_a_node(model):
    node = get_node_by_name(model, "conv2_bias")
    assert names(access.get_node_inputs(node)) == ["conv2", "conv2_b"]
    assert access.get_node_input(node, 1).name == "conv2_b"
    assert names(access.get_all_node_outputs(node)) == ["conv3", "res"]
    assert names(access.get_node_output(node, 0)) == ["conv3", "res"]
    assert [port.number for port in access.get_node_output_ports(node)] == [0, 0]
    assert [port.out for port in access.get_node_input_ports(node)] == [0, 0]


def test_weights_and_bias_are_found(model):
    node = get_node_by_name(model, "conv1")
    assert access.get_weights_for_node(node).name == "conv1_w"
    assert access.get_bias_for_node(node).name == "conv1_b"
    assert access.get_node_value(access.get_bias_for_node(node)).shape == (1, 8, 1, 1)


@pytest.mark.parametrize("name", ["deconv", "conv4", "relu1"], ids=["no add", "concat follows", "no convolution"])
def test_nodes_without_bias_give_none(model, name):
    assert access.get_bias_for_node(get_node_by_name(model, name)) is None


def test_weights_and_bias_are_replaced(model):
    node = get_node_by_name(model, "fc")
    access.set_weights_for_node(node, np.zeros((5, 8)))
    access.set_bias_for_node(node, np.ones((1, 5)))
    assert not access.get_node_value(access.get_weights_for_node(node)).any()
    assert access.get_node_value(access.get_bias_for_node(node)).tolist() == [[1.0] * 5]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda model: access.get_node_value(get_node_by_name(model, "relu1")),
        lambda model: access.set_node_value(get_node_by_name(model, "relu1"), 1),
        lambda model: access.set_bias_for_node(get_node_by_name(model, "conv4"), 1),
        lambda model: access.set_weights_for_node(get_node_by_name(model, "res"), 1),
        lambda model: access.get_weights_for_node(get_node_by_name(model, "relu1")),
    ],
    ids=["read", "write", "no bias", "no constant weights", "no input 1"],
)
def test_what_is_not_there_is_an_error(model, wrong):
    with pytest.raises(ModelError):
        wrong(model)


def test_shapes_of_ports(model):
    node = get_node_by_name(model, "conv5")
    assert access.get_input_shape(node, 0) == (1, 16, 16, 16)
    assert access.get_output_shape(node, 0) == (1, 8, 16, 16)


def test_constant_inputs_are_told(model):
    node = get_node_by_name(model, "conv5")
    assert access.check_const_input(node)
    assert access.check_input_data_is_const(node)
    assert not access.check_input_data_is_const(node, 0)
    assert access.get_input_data_value(node, 0) is None


def test_quantized_weights_are_told(model):
    limits = FakeQuantizeLimits(*(np.float32(value) for value in (-1, 1, -1, 1)), levels=255)
    insert_on_inputs(
        model,
        TensorId("conv1_w"),
        [InputId("conv1", 1)],
        lambda data: build.fake_quantize(data, limits, "conv1/fq_weights_1"),
    )
    assert access.node_with_quantized_weights(get_node_by_name(model, "conv1"))
    assert access.check_const_input(get_node_by_name(model, "conv1"))
    assert not access.node_with_quantized_weights(get_node_by_name(model, "conv2"))


def test_first_convolutions_stop_each_path(model):
    assert names(access.get_first_convolutions(get_nodes_by_type(model, ["Parameter"]))) == ["conv1"]
    assert names(access.get_first_convolutions([get_node_by_name(model, "relu_res")])) == ["conv4", "conv5"]


@pytest.mark.parametrize(
    ("name", "key"), [("conv1_bias", "conv1"), ("conv2", "relu6")], ids=["bias add", "convolution"]
)
def test_key_of_the_input_that_varies(model, name, key):
    assert access.get_quantized_input_key(get_node_by_name(model, name)) == key


@pytest.mark.parametrize(("old", "new"), [("a", "x"), ("loop|a", "loop|x"), ("l|m|a", "l|m|x")])
def test_last_part_of_a_full_name_is_replaced(old, new):
    assert access.reset_node_fullname(old, "x") == new


def test_readers_of_a_state_are_found():
    x = op.parameter([1, 4], np.float32, name="x")
    read = op.read_value(op.constant(np.zeros((1, 4), np.float32)), "state", np.float32, [1, 4])
    step = op.add(read, x, name="step")
    write = op.assign(step, "state")
    write.set_friendly_name("write")
    read.set_friendly_name("read")
    heads = [op.relu(step, name="relu"), op.tanh(step, name="tanh")]
    model = ov.Model([op.result(head) for head in heads], [write], [x], "stateful")
    nodes = {node.name: node for node in get_all_operation_nodes(model)}
    found = access.get_lstm_ends(nodes["read"], [nodes["write"]], ["relu", "write"])
    assert [node.name for node in found] == ["tanh"]
