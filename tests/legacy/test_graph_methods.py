import numpy as np
import pytest

import openvino as ov
from openpot.errors import UnknownNameError
from openpot.graph.revisions import mark_changed, revision
from openpot.legacy.graph_methods import GraphMethods, make_graph
from toy_models import loop_model, run, worked_example


@pytest.fixture
def graph():
    return make_graph(worked_example())


def test_a_graph_is_still_the_model_that_it_was():
    model = worked_example()
    mark_changed(model)
    before = revision(model)
    graph = make_graph(model)
    assert graph is model is make_graph(graph)
    assert isinstance(graph, ov.Model)
    assert isinstance(graph, GraphMethods)
    assert revision(graph) == before
    assert run(graph, np.zeros((1, 3, 16, 16), np.float32))[0].shape == (1, 5)
    assert type(graph.clone()) is ov.Model


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"type": "MatMul"}, ["fc"]),
        ({"op": "Const", "name": "axes"}, ["axes"]),
        ({"type": "SoftMax"}, ["prob"]),
        ({"type": "Convolution", "pads_begin": [1, 1]}, ["conv1", "dw", "conv4"]),
        ({"type": "LSTM"}, []),
    ],
)
def test_operations_are_found_by_attributes(graph, attributes, expected):
    assert [node.name for node in graph.get_op_nodes(**attributes)] == expected
    assert graph.get_nodes_with_attributes(**attributes) == expected


def test_nodes_are_ids_in_topological_order(graph):
    ids = graph.nodes()
    assert ids[0] == "data"
    assert ids.index("conv1") < ids.index("fc")
    assert graph.nodes(data=True)[ids.index("conv1")][1]["strides"]
    assert graph.node["conv1"]["type"] == "Convolution"
    assert [node.id for node in graph.topological_sort()] == ids
    assert [node.id for node in graph.pseudo_topological_sort(reverse=True)] == ids[::-1]


def test_bodies_keep_their_nodes_to_themselves():
    graph = make_graph(loop_model())
    assert "loop" in graph.nodes()
    assert not [name for name in graph.nodes() if "|" in name]


def test_ids_are_names(graph):
    assert graph.get_node_id_by_name("conv1") == "conv1"
    with pytest.raises(UnknownNameError, match="did you mean 'conv1'"):
        graph.get_node_id_by_name("conv_1")


def test_tensors_are_data_nodes(graph):
    constants = graph.get_data_nodes(has_value=True)
    others = graph.get_data_nodes(has_value=False)
    assert {"conv1_w", "axes"} <= {node.name for node in constants}
    assert "relu1" in {node.name for node in others}
    assert len(graph.get_data_nodes()) == len(constants) + len(others)


def test_tensor_names_are_known(graph):
    graph.inputs[0].get_tensor().set_names({"pixels"})
    assert graph.has_tensor_name("pixels")
    assert "pixels" in graph.get_tensor_names_set()
    assert not graph.has_tensor_name("no")


def test_a_node_is_erased(graph):
    relu = graph.node["relu1"]
    graph.erase_node(relu)
    graph.clean_up()
    assert "relu1" not in graph.nodes()
    assert graph.node["dw"].in_port(0).get_source().node.id == "conv1_bias"


def test_the_name_is_that_of_the_network(graph):
    assert graph.name == "worked_example"
