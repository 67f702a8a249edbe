import numpy as np
import pytest
from openvino._offline_transformations import convert_sequence_to_tensor_iterator_transformation

import openvino as ov
from openpot.errors import ModelError, UnknownNameError
from openpot.graph.node_index import NodeIndex, bodies, index_nodes
from openpot.graph.tensor_id import InputId, TensorId
from openvino import opset13 as op
from toy_models import if_model, loop_model, tiny_cnn


def constant(value):
    return op.constant(np.asarray(value, np.float32))


def test_every_node_is_found_by_its_name():
    model = tiny_cnn()
    index = NodeIndex(model)
    assert len(index) == len(model.get_ops())
    assert index.node("conv1").get_type_name() == "Convolution"


def test_bodies_of_loops_and_branches_have_names_of_their_own():
    assert list(bodies(loop_model())) == ["loop"]
    assert list(bodies(if_model())) == ["choice|then", "choice|else"]


def test_the_body_of_a_tensor_iterator_is_found_in_memory_and_on_disk(tmp_path):
    data = op.parameter([1, 3, 4], np.float32, name="data")
    state, parts = constant(np.zeros((1, 1, 4))), [constant(np.ones((1, 16, 4))), constant(np.ones((1, 16, 4)))]
    lengths, bias = op.constant(np.array([3])), constant(np.zeros((1, 16)))
    lstm = op.lstm_sequence(data, state, state, lengths, *parts, bias, 4, "forward", name="lstm")
    model = ov.Model([op.result(lstm.output(0))], [data], "m")
    convert_sequence_to_tensor_iterator_transformation(model)
    ov.save_model(model, tmp_path / "m.xml")
    for found in (model, ov.Core().read_model(tmp_path / "m.xml")):
        assert list(bodies(found)) == ["lstm"]
        assert "LSTMCell" in {node.get_type_name() for node in bodies(found)["lstm"].get_ops()}


def test_nodes_inside_bodies_carry_their_owner():
    index = NodeIndex(if_model())
    assert index.node("choice|then|inner").get_type_name() == "Add"
    assert index.node("choice|else|inner").get_type_name() == "Multiply"
    assert index.owner_of("choice|else|inner") == "choice|else"
    assert index.owner_of("x") == ""


def test_a_wrong_name_is_answered_with_the_nearest_one():
    with pytest.raises(UnknownNameError, match="did you mean 'conv1'"):
        NodeIndex(tiny_cnn()).node("conv_1")


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda index: index.output(TensorId("conv1", 1)), "1 output"),
        (lambda index: index.input(InputId("conv1", 2)), "2 input"),
    ],
    ids=["output", "input"],
)
def test_a_port_that_is_not_there_is_refused(ask, words):
    with pytest.raises(ModelError, match=words):
        ask(NodeIndex(tiny_cnn()))


def test_two_nodes_of_one_name_are_refused():
    model = tiny_cnn()
    index = NodeIndex(model)
    index.node("conv2").set_friendly_name("conv1")
    with pytest.raises(ModelError, match="two nodes named 'conv1'"):
        NodeIndex(model)


def test_the_source_and_the_readers_of_a_tensor_are_named_in_full():
    index = NodeIndex(loop_model())
    assert index.source(InputId("loop|fc", 1)) == TensorId("loop|fc_w")
    assert index.readers(TensorId("loop|fc")) == (InputId("loop|state", 0),)


def test_an_index_serves_as_its_own_index():
    index = NodeIndex(tiny_cnn())
    assert index_nodes(index) is index
    assert index_nodes(index.model).model is index.model
