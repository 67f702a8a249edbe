import numpy as np

import openvino as ov
from openpot.graph.edit import ModelEditor
from openpot.graph.text import text_from_model
from openvino import opset13 as op
from toy_models import if_model, tiny_cnn


def small_model(name="relu", value=1.0):
    data = op.parameter(ov.PartialShape([-1, 2]), np.float32, name="data")
    shifted = op.add(data, op.constant(np.array([value, 2], np.float32), name="shift"), name="add")
    return ov.Model([op.result(op.relu(shifted, name=name), name="out")], [data], "small")


def test_each_node_is_one_line():
    assert text_from_model(small_model()).splitlines() == [
        "model:",
        "  %0 Parameter 'data' -> f32[?,2]",
        "  %1 Constant 'shift' = [1.0, 2.0] -> f32[2]",
        '  %2 Add \'add\' (%0, %1) {"auto_broadcast": "numpy"} -> f32[?,2]',
        "  %3 Relu 'relu' (%2) -> f32[?,2]",
        "  %4 Result 'out' (%3) -> f32[?,2]",
    ]


def test_names_and_values_can_be_left_out():
    assert text_from_model(small_model(), names=False) == text_from_model(small_model("other"), names=False)
    assert text_from_model(small_model()) != text_from_model(small_model("other"))
    assert text_from_model(small_model(), values=False) == text_from_model(small_model(value=3), values=False)
    assert text_from_model(small_model()) != text_from_model(small_model(value=3))


def test_long_constants_are_told_apart_by_a_digest():
    model = tiny_cnn()
    before = text_from_model(model)
    with ModelEditor(model) as editor:
        editor.replace_constant("fc_w", np.zeros((5, 8)))
    assert text_from_model(model) != before
    assert all(len(line) < 200 for line in before.splitlines())


def test_bodies_are_listed_below_the_model():
    lines = text_from_model(if_model()).splitlines()
    assert "body 'choice|then':" in lines
    assert any("'choice|else|inner'" in line for line in lines)


def test_the_same_model_gives_the_same_text_after_saving(tmp_path):
    ov.save_model(tiny_cnn(), tmp_path / "m.xml", False)
    assert text_from_model(ov.Core().read_model(tmp_path / "m.xml"), names=False) == text_from_model(
        tiny_cnn(), names=False
    )
