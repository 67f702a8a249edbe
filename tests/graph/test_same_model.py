import numpy as np
import pytest

import openvino as ov
from openpot.graph import same_model
from openpot.graph.edit import ModelEditor
from openpot.graph.same_model import find_first_difference, find_first_different_constant
from openpot.graph.tensor_id import TensorId
from openvino import opset13 as op
from toy_models import if_model, loop_model, tiny_cnn, worked_example


@pytest.mark.parametrize("make", [tiny_cnn, worked_example, if_model, loop_model])
def test_a_model_is_the_same_as_its_copy_and_as_what_is_read_back(tmp_path, make):
    model = make()
    ov.save_model(model, tmp_path / "m.xml", False)
    assert find_first_difference(model, model.clone()) is None
    assert find_first_difference(model, ov.Core().read_model(tmp_path / "m.xml")) is None


def change_weight(model):
    with ModelEditor(model) as editor:
        value = np.array(editor.nodes.node("fc_w").data)
        value[-1, -1] += 1e-6
        editor.replace_constant("fc_w", value)


def change_name(model):
    with ModelEditor(model) as editor:
        editor.rename("conv1", "other")


def change_type(model):
    with ModelEditor(model) as editor:
        source = editor.nodes.output(TensorId("conv1_bias"))
        editor.replace_node("relu1", op.sigmoid(source, name="relu1"))


def change_output(model):
    model.outputs[0].get_tensor().set_names({"other"})


def change_length(model):
    with ModelEditor(model) as editor:
        editor.replace_constant("fc_b", np.zeros((1, 1), np.float32))


CHANGES = {
    "one bit of a weight": (change_weight, "value of the constant 'fc_w'"),
    "a name": (change_name, "is in one of them only"),
    "a type": (change_type, "the type of 'relu1'"),
    "an output name": (change_output, "tensor names of the outputs"),
    "the shape of a constant": (change_length, "output shapes of 'fc_b'"),
}


@pytest.mark.parametrize(("change", "words"), CHANGES.values(), ids=CHANGES)
def test_a_difference_is_named(change, words):
    model = tiny_cnn()
    change(model)
    assert words in find_first_difference(tiny_cnn(), model)


def test_bodies_are_compared_too():
    model = loop_model()
    with ModelEditor(model) as editor:
        editor.replace_constant("loop|fc_w", np.zeros((4, 4)))
    assert "'loop|fc_w'" in find_first_difference(loop_model(), model)
    assert "bodies" in find_first_difference(loop_model(), tiny_cnn())


def test_long_constants_are_compared_piece_by_piece(monkeypatch):
    monkeypatch.setattr(same_model, "_CHUNK", 7)
    monkeypatch.setattr(same_model, "_SMALL", 0)
    model = tiny_cnn()
    assert find_first_difference(tiny_cnn(), model) is None
    change_weight(model)
    assert find_first_difference(tiny_cnn(), model)


@pytest.mark.parametrize("element_type", ["bf16", "i4", "nf4", "f8e4m3", "boolean", "string"])
def test_constants_of_every_type_are_compared(element_type):
    def make(last):
        if element_type == "string":
            value = ov.op.Constant(ov.Tensor(np.array(["a", last])))
        else:
            value = op.constant(np.array([0.0, float(last)]), dtype=getattr(ov.Type, element_type))
        value.set_friendly_name("c")
        data = op.parameter([1], np.float32, name="data")
        return ov.Model([op.result(value, name="r"), op.result(data, name="s")], [data], "m")

    assert find_first_difference(make("1"), make("1")) is None
    assert "'c'" in find_first_difference(make("1"), make("0"))


def test_swapped_inputs_are_told():
    def make(first, second):
        data = [op.parameter([2], np.float32, name=name) for name in "ab"]
        return ov.Model([op.result(op.subtract(data[first], data[second], name="sub"), name="r")], data, "m")

    assert find_first_difference(make(0, 1), make(1, 0)) == "the inputs of 'sub'"


def test_one_bit_in_a_body_is_told_with_its_full_name():
    model = loop_model()
    with ModelEditor(model) as editor:
        value = np.array(editor.nodes.node("loop|fc_w").data)
        value[0, 0] = np.nextafter(value[0, 0], np.inf, dtype=value.dtype)
        editor.replace_constant("loop|fc_w", value)
    assert find_first_difference(loop_model(), model) == "the value of the constant 'loop|fc_w'"


def test_constants_alone_can_be_compared():
    model = tiny_cnn()
    change_type(model)
    assert find_first_different_constant(tiny_cnn(), model) is None
    change_weight(model)
    assert find_first_different_constant(tiny_cnn(), model) == "the value of the constant 'fc_w'"


def test_a_constant_beside_an_operation_of_its_name_differs():
    def make(output):
        output.get_node().set_friendly_name("c")
        data = op.parameter([2], np.float32, name="data")
        return ov.Model([op.result(op.add(data, output, name="sum"), name="r")], [data], "m")

    value, other = op.constant(np.ones(2, np.float32)), op.constant(np.ones(2, np.float32), name="other")
    models = make(value.output(0)), make(op.relu(other).output(0))
    assert find_first_different_constant(*models) is not None


def test_small_and_large_constants_are_told_apart_by_one_bit(monkeypatch):
    model = tiny_cnn()
    change_weight(model)
    for small in (0, 1 << 30):
        monkeypatch.setattr(same_model, "_SMALL", small)
        assert find_first_difference(tiny_cnn(), tiny_cnn()) is None
        assert find_first_difference(tiny_cnn(), model) == "the value of the constant 'fc_w'"
