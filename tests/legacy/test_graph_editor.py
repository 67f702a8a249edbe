import numpy as np
import pytest

import openvino as ov
from openpot.errors import ModelError, UnknownNameError
from openpot.legacy import graph_editor as editor
from openvino import opset13 as op
from toy_models import images, tiny_cnn


def model_with_loop():
    """A TensorIterator ``loop`` whose body holds ``inner``."""
    body_in = op.parameter([1, 3], np.float32, name="body_in")
    inner = op.relu(body_in, name="inner")
    body = ov.Model([op.result(inner, name="body_out")], [body_in], "body")
    data = op.parameter([4, 3], np.float32, name="data")
    loop = op.tensor_iterator()
    loop.set_friendly_name("loop")
    loop.set_body(body)
    loop.set_sliced_input(body_in, data.output(0), 0, 1, 1, -1, 0)
    out = loop.get_concatenated_slices(inner.output(0), 0, 1, 1, -1, 0)
    return ov.Model([op.result(out, name="result")], [data], "looped")


@pytest.mark.parametrize(
    ("types", "names"),
    [
        (["Convolution"], ["conv1", "conv2"]),
        (["MatMul", "Convolution"], ["fc", "conv1", "conv2"]),
        (["ReLU"], ["relu1", "relu2"]),
        (["Relu"], ["relu1", "relu2"]),
        (["Parameter", "Result"], ["data", "result"]),
        (["LSTMSequence"], []),
    ],
)
def test_nodes_are_found_by_type_in_either_spelling(types, names):
    assert [node.name for node in editor.get_nodes_by_type(tiny_cnn(), types)] == names


def test_nodes_of_bodies_have_full_names():
    model = model_with_loop()
    assert [node.fullname for node in editor.get_nodes_by_type(model, ["ReLU"])] == ["loop|inner"]
    assert editor.get_nodes_by_type(model, ["ReLU"], recursively=False) == []
    assert "loop|inner" in {node.fullname for node in editor.get_all_operation_nodes(model)}
    assert "loop|inner" not in {node.fullname for node in editor.get_all_operation_nodes(model, recursively=False)}
    assert editor.get_node_by_name(model, "loop|inner").name == "inner"
    assert editor.find_node(model, "loop|inner") is None


def test_absent_name_gives_none():
    assert editor.get_node_by_name(tiny_cnn(), "conv9") is None


def run(model):
    return ov.Core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})(images(1)[0][None])[0]


def test_removed_node_lets_its_input_through():
    model = tiny_cnn()
    editor.remove_node_by_name(model, "fc_bias")
    assert editor.get_node_by_name(model, "fc_bias") is None
    expected = run(tiny_cnn()) - editor.get_node_by_name(tiny_cnn(), "fc_b").value
    np.testing.assert_allclose(run(model), expected, atol=1e-5)


def test_output_keeps_its_name_when_its_node_is_removed():
    model = tiny_cnn()
    editor.remove_node_by_name(model, "fc_bias")
    assert model.outputs[0].get_names() == {"logits"}


@pytest.mark.parametrize("name", ["data", "fc_w"], ids=["parameter", "constant"])
def test_node_without_input_cannot_be_removed(name):
    with pytest.raises(ModelError, match=name):
        editor.remove_node_by_name(tiny_cnn(), name)


def test_nodes_are_connected_by_name():
    model = tiny_cnn()
    editor.connect_nodes_by_name(model, "conv1", 0, "relu1", 0)
    assert editor.get_node_by_name(model, "relu1").in_port(0).get_source().node.name == "conv1"


@pytest.mark.parametrize(
    "change",
    [
        lambda model: editor.remove_node_by_name(model, "conv_1"),
        lambda model: editor.connect_nodes_by_name(model, "conv_1", 0, "relu1", 0),
        lambda model: editor.connect_nodes_by_name(model, "relu1", 0, "conv_1", 0),
    ],
    ids=["remove", "source", "destination"],
)
def test_unknown_nodes_get_a_hint(change):
    with pytest.raises(UnknownNameError, match="did you mean 'conv1'"):
        change(tiny_cnn())
