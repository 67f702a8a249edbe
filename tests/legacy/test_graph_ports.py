import numpy as np
import pytest

from openpot.errors import ModelError
from openpot.legacy.graph_editor import get_node_by_name
from openpot.legacy.graph_ports import DataNode
from toy_models import worked_example


@pytest.fixture
def model():
    return worked_example()


def test_both_ends_of_a_tensor_are_found_from_either(model):
    conv, bias = get_node_by_name(model, "conv1"), get_node_by_name(model, "conv1_bias")
    output = conv.out_port(0)
    assert output.get_destination().node == bias
    assert bias.in_port(0).get_source() == output == output.get_source()
    assert (output.idx, output.out, bias.in_port(0).idx) == (0, 0, 0)
    assert (output.disconnected(), bias.in_port(0).disconnected()) == (False, False)
    assert bias.in_port(0).get_destination() == bias.in_port(0).get_destinations()[0] == bias.in_port(0)


def test_several_readers_have_no_single_destination(model):
    conv = get_node_by_name(model, "conv2_bias")
    with pytest.raises(ModelError, match=r"2 readers: get_destinations\(\)"):
        conv.out_port(0).get_destination()


def test_an_output_that_nothing_reads_is_disconnected(model):
    result = get_node_by_name(model, "result")
    assert result.out_port(0).disconnected()
    assert result.out_port(0).get_destination() is None


def test_types_and_tensor_names_are_those_of_the_tensor(model):
    axes, fc = get_node_by_name(model, "axes"), get_node_by_name(model, "fc")
    assert (axes.out_port(0).get_data_type(), fc.in_port(0).get_data_type()) == (np.int64, np.float32)
    assert fc.in_port(1).is_data_type_defined()
    assert axes.out_port(0).get_default_tensor_name() is None
    model.inputs[0].get_tensor().set_names({"b", "a"})
    data = get_node_by_name(model, "data")
    assert data.out_port(0).get_tensor_names() == ["a", "b"]
    assert get_node_by_name(model, "conv1").in_port(0).get_default_tensor_name() == "a"


def test_data_of_a_port_are_read_and_set(model):
    weights = get_node_by_name(model, "fc").in_port(1).data
    assert weights.get_shape() == weights.get_value().shape == (5, 8)
    weights.set_value(np.ones((5, 8)))
    assert get_node_by_name(model, "fc_w").value.sum() == 40


def test_ports_are_connected_from_either_end(model):
    conv3, conv1 = get_node_by_name(model, "conv3"), get_node_by_name(model, "relu1")
    conv3.in_port(0).connect(conv1.out_port(0))
    assert conv3.in_port(0).get_source().node == conv1


def test_a_data_node_is_the_tensor_and_leads_to_both_sides(model):
    data = get_node_by_name(model, "conv1").in_node(1)
    assert (data.kind, data.value.shape, data.shape) == ("data", (8, 3, 3, 3), (8, 3, 3, 3))
    assert data.in_node() == data.in_nodes()[0] == get_node_by_name(model, "conv1_w")
    assert data.out_node() == get_node_by_name(model, "conv1")
    assert (data.name, data.type, data.soft_get("name")) == ("conv1_w", "Const", "conv1_w")
    assert data == DataNode(get_node_by_name(model, "conv1_w").out_port(0))
    data.value = np.zeros((8, 3, 3, 3))
    assert not get_node_by_name(model, "conv1_w").value.any()


def test_readers_of_a_data_node_are_numbered(model):
    readers = get_node_by_name(model, "conv2_bias").out_node(0).out_nodes()
    assert {number: node.name for number, node in readers.items()} == {0: "conv3", 1: "res"}
