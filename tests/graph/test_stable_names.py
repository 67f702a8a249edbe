import numpy as np
import pytest

import openvino as ov
from openpot.errors import OpenPotWarning
from openpot.graph.stable_names import (
    NamesInUse,
    has_counter_like_name,
    has_counter_name,
    make_names_unique,
    name_anonymous_nodes,
    name_inputs_and_outputs,
)
from openpot.graph.text import text_from_model
from openvino import opset13 as op
from toy_models import if_model, loop_model, tiny_cnn


def names(model):
    return [node.get_friendly_name() for node in model.get_ordered_ops()]


def without_tensor_names(model):
    """OpenVINO's constructor names all ports; what PyTorch's front end makes has none."""
    for port in (*model.inputs, *model.outputs, *(result.input_value(0) for result in model.get_results())):
        port.get_tensor().set_names(set())
    return model


def anonymous_model():
    data = op.parameter([2, 4], np.float32)
    split = op.split(op.add(data, op.constant(np.float32(1))), op.constant(np.array(0)), 2)
    return ov.Model([op.result(split.output(0)), op.result(split.output(1))], [data], "anonymous")


def test_free_names_are_numbered_from_one():
    used = NamesInUse(["a1", "b"])
    assert [used.take_numbered("a"), used.take_numbered("a"), used.take("c")] == ["a2", "a3", "c"]
    assert "a3" in used
    assert "a4" not in used


def test_nodes_without_a_name_are_known_by_it():
    node = op.constant(np.float32(1))
    assert has_counter_name(node)
    node.set_friendly_name("Add_17")
    assert not has_counter_name(node)
    assert has_counter_like_name(node)


def test_models_of_anonymous_nodes_are_equal_after_naming():
    first, second = anonymous_model(), anonymous_model()
    assert names(first) != names(second)
    for model in (first, second):
        name_anonymous_nodes(model)
    assert text_from_model(first) == text_from_model(second)
    assert "Constant_1" in names(first)


def test_names_that_somebody_gave_stay():
    model = tiny_cnn()
    before = names(model)
    name_anonymous_nodes(model)
    assert names(model) == before


def test_repeated_names_are_made_unique_with_one_warning():
    model = tiny_cnn()
    for node in model.get_ops():
        if node.get_friendly_name() in ("conv2", "relu1", "relu2"):
            node.set_friendly_name("conv1")
    with pytest.warns(OpenPotWarning, match=r"3 operation\(s\).*'conv1'") as caught:
        assert make_names_unique(model) == ("conv1",)
    assert len(caught) == 1
    assert len(set(names(model))) == len(names(model))
    assert {"conv1", "conv1/1", "conv1/2", "conv1/3"} <= set(names(model))


@pytest.mark.parametrize("make", [tiny_cnn, if_model, loop_model])
def test_unique_names_stay_without_a_warning(make):
    model = make()
    before = text_from_model(model)
    assert make_names_unique(model) == ()
    assert text_from_model(model) == before


def test_ports_without_a_name_get_that_of_their_node():
    model = without_tensor_names(anonymous_model())
    name_anonymous_nodes(model)
    name_inputs_and_outputs(model)
    assert [port.get_names() for port in model.inputs] == [{"Parameter_1"}]
    assert [port.get_names() for port in model.outputs] == [{"Split_1"}, {"Split_1:1"}]


def test_ports_with_a_name_keep_it():
    model = tiny_cnn()
    name_inputs_and_outputs(model)
    assert model.inputs[0].get_names() == {"data"}
    assert model.outputs[0].get_names() == {"logits"}


def test_a_name_that_another_port_has_is_not_used_twice():
    data = op.parameter([2], np.float32, name="data")
    relu = op.relu(data, name="data_relu")
    model = without_tensor_names(ov.Model([op.result(relu, name="out")], [data], "clash"))
    data.output(0).get_tensor().set_names({"data_relu"})
    name_inputs_and_outputs(model)
    assert model.outputs[0].get_names() == {"data_relu/1"}
