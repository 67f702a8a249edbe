import sys
from types import SimpleNamespace

import numpy as np
import pytest

import openvino as ov
from openpot.errors import MissingExtraError
from openpot.graph import build
from openpot.graph.edit import ModelEditor
from openpot.graph.node_index import NodeIndex
from openpot.graph.pack_quantized import pack_quantized_constants
from openpot.graph.snapshot_model import snapshot_from_model
from openpot.graph.tensor_id import InputId
from openpot.graph.text import text_from_model
from openvino import opset13 as op
from toy_models import images, loop_model, normal, run, tiny_cnn, worked_example

DATA = images(1)[0][None]


def quantize(model, reader, levels=255, low=None):
    """Put a FakeQuantize per first axis before input 1 of ``reader``."""
    with ModelEditor(model) as editor:
        source = editor.nodes.source(InputId(reader, 1))
        value = np.abs(editor.nodes.output(source).get_node().get_data(dtype=np.float32))
        high = value.reshape(len(value), -1).max(1).reshape(-1, *[1] * (value.ndim - 1))
        ends = {"input_low": -high if low is None else high * low, "input_high": high}
        limits = SimpleNamespace(**ends, output_low=ends["input_low"], output_high=high, levels=levels)
        name = f"{reader}/fq_weights_1"
        editor.insert_on_inputs(source, [InputId(reader, 1)], lambda output: build.fake_quantize(output, limits, name))
    return model


def types(model):
    return {node.name: (node.type, node.output_type) for node in snapshot_from_model(model).nodes.values()}


@pytest.mark.parametrize(("levels", "stored"), [(255, "i8"), (256, "i8"), (16, "i4"), (15, "i4")])
def test_a_quantized_constant_is_stored_as_integers_with_stable_names(levels, stored):
    model = quantize(tiny_cnn(), "conv1", levels)
    before = run(model, DATA)[0]
    assert pack_quantized_constants(model) == ("conv1/fq_weights_1",)
    found = types(model)
    assert found["conv1_w/quantized"] == ("Constant", stored)
    assert found["conv1_w/quantized/to_f32"] == ("Convert", "f32")
    assert found["conv1/fq_weights_1/scale"] == ("Constant", "f32")
    assert found["conv1/fq_weights_1"] == ("Multiply", "f32")
    assert "FakeQuantize" not in {kind for kind, _ in found.values()}
    assert not [name for name in found if name.startswith(("Constant_", "Convert_", "Subtract_"))]
    np.testing.assert_allclose(run(model, DATA)[0], before, rtol=1e-4, atol=1e-5)


def test_a_zero_point_that_is_needed_is_named_too():
    model = quantize(tiny_cnn(), "conv1", 256, low=-0.3)
    before = run(model, DATA)[0]
    pack_quantized_constants(model)
    found = types(model)
    assert found["conv1/fq_weights_1/minus_zp"][0] == "Subtract"
    assert found["conv1/fq_weights_1/zero_point"][0] == "Constant"
    np.testing.assert_allclose(run(model, DATA)[0], before, rtol=1e-4, atol=1e-5)


def test_equal_models_are_equal_afterwards():
    first, second = (quantize(quantize(tiny_cnn(), "conv1"), "fc") for _ in range(2))
    pack_quantized_constants(first)
    pack_quantized_constants(second)
    assert text_from_model(first) == text_from_model(second)


def test_two_quantizers_of_one_constant_get_names_of_their_own():
    data = op.parameter([1, 4], np.float32, name="data")
    weights = op.constant(normal(np.random.default_rng(0), 4, 4), name="w")
    a = op.matmul(data, weights, False, True, name="a")
    b = op.matmul(a, weights, False, True, name="b")
    model = ov.Model([op.result(b, name="r")], [data], "m")
    quantize(quantize(model, "a"), "b", 16)
    assert len(pack_quantized_constants(model)) == 2
    NodeIndex(model)
    assert {"w/quantized", "w/quantized/1"} <= set(types(model))


@pytest.mark.parametrize("levels", [2, 65536])
def test_constants_with_more_or_fewer_levels_stay(levels):
    model = quantize(tiny_cnn(), "conv1", levels)
    before = text_from_model(model)
    assert pack_quantized_constants(model) == ()
    assert text_from_model(model) == before


def test_quantizers_of_activations_stay():
    model = worked_example()
    limits = SimpleNamespace(input_low=-1.0, input_high=1.0, output_low=-1.0, output_high=1.0, levels=256)
    with ModelEditor(model) as editor:
        source = editor.nodes.source(InputId("conv2", 0))
        editor.insert_after(source, lambda output: build.fake_quantize(output, limits, "fq"))
    quantize(model, "conv2")
    assert pack_quantized_constants(model) == ("conv2/fq_weights_1",)
    assert types(model)["fq"] == ("FakeQuantize", "f32")


def test_constants_compressed_to_half_precision_are_packed(tmp_path):
    ov.save_model(tiny_cnn(), tmp_path / "m.xml", compress_to_fp16=True)
    model = ov.Core().read_model(tmp_path / "m.xml")
    with ModelEditor(model) as editor:
        limits = SimpleNamespace(input_low=-1.0, input_high=1.0, output_low=-1.0, output_high=1.0, levels=255)
        source = editor.nodes.source(InputId("conv1", 1))
        editor.insert_on_inputs(source, [InputId("conv1", 1)], lambda out: build.fake_quantize(out, limits, "fq"))
    assert pack_quantized_constants(model) == ("fq",)
    assert types(model)["conv1_w/quantized"] == ("Constant", "i8")


def test_constants_inside_bodies_are_packed():
    model = loop_model()
    quantize(model, "loop|fc")
    before = run(model, np.ones((1, 4), np.float32))[0]
    assert pack_quantized_constants(model) == ("loop|fc/fq_weights_1",)
    assert "loop|fc_w/quantized" in NodeIndex(model)
    np.testing.assert_allclose(run(model, np.ones((1, 4), np.float32))[0], before, rtol=1e-4)


def test_a_release_without_the_transformation_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "openvino._offline_transformations", None)
    assert pack_quantized_constants(tiny_cnn()) == ()
    with pytest.raises(MissingExtraError, match="has no compress_quantize_weights_transformation"):
        pack_quantized_constants(quantize(tiny_cnn(), "conv1"))
