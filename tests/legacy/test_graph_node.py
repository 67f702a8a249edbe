import numpy as np
import pytest

from openpot.errors import ModelError
from openpot.legacy.graph_editor import get_node_by_name
from openpot.legacy.graph_node import NodeView
from toy_models import tiny_cnn, worked_example


@pytest.fixture
def model():
    return worked_example()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("conv1_w", "Const"),
        ("relu1", "ReLU"),
        ("dw", "Convolution"),
        ("prob", "SoftMax"),
        ("deconv", "ConvolutionBackpropData"),
    ],
)
def test_types_are_spelled_as_pot_spelled_them(model, name, kind):
    node = get_node_by_name(model, name)
    assert (node.type, node.name, node.fullname) == (kind, name, name)


def test_shape_is_that_of_the_first_output(model):
    assert get_node_by_name(model, "pool").shape == (1, 8, 8, 8)


def test_attributes_are_read_as_keys(model):
    node = get_node_by_name(model, "conv1")
    assert list(node["pads_begin"]) == [1, 1]
    assert (node["name"], node.get("group", 1), node.has_valid("strides"), node.has_valid("group")) == (
        "conv1",
        1,
        True,
        False,
    )
    assert "type" in node


def test_value_is_that_of_a_constant_and_none_for_data(model):
    assert get_node_by_name(model, "axes").value.tolist() == [2, 3]
    assert get_node_by_name(model, "relu1").value is None


def test_new_value_is_seen_by_every_view(model):
    early, late = get_node_by_name(model, "fc_b"), get_node_by_name(model, "fc_b")
    early.value = np.full((1, 5), 7.0)
    assert late.value.tolist() == [[7.0] * 5]
    assert late.value.dtype == np.float32


def test_value_of_an_operation_cannot_be_set(model):
    with pytest.raises(ModelError, match="Relu, not a constant"):
        get_node_by_name(model, "relu1").value = 3


def test_ports_lead_to_neighbours(model):
    node = get_node_by_name(model, "conv2_bias")
    assert [port.get_source().node.fullname for port in node.in_ports().values()] == ["conv2", "conv2_b"]
    assert [(port.node.fullname, port.number) for port in node.out_port(0).get_destinations()] == [
        ("conv3", 0),
        ("res", 0),
    ]
    assert node.in_port(1).get_shape() == (1, 8, 1, 1)
    assert node.in_port(0).get_value() is None
    assert node.in_port(0).get_source().out == 0


@pytest.mark.parametrize("ask", [lambda node: node.in_port(5), lambda node: node.out_port(3)], ids=["input", "output"])
def test_missing_ports_are_named(model, ask):
    with pytest.raises(ModelError, match="conv1"):
        ask(get_node_by_name(model, "conv1"))


def test_nodes_are_equal_by_graph_and_name(model):
    first, second = NodeView(model).node("conv1"), NodeView(model).node("conv1")
    assert first == second
    assert len({first, second}) == 1
    assert first != NodeView(tiny_cnn()).node("conv1")
    assert repr(first) == "Convolution 'conv1'"


def test_connecting_a_port_rewires_the_model(model):
    get_node_by_name(model, "relu1").out_port(0).connect(get_node_by_name(model, "conv2").in_port(0))
    assert get_node_by_name(model, "conv2").in_port(0).get_source().node.fullname == "relu1"
