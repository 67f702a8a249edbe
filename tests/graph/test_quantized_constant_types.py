"""Weights of any float type behind a FakeQuantize are stored as integers."""

import numpy as np
import pytest

import openvino as ov
from openpot.graph.model import CompressedModel
from openpot.graph.quantized_constant_types import quantize_constants_in_f32
from openpot.inference.compile import compile_model
from openpot.rewrites.compress_weights import compress_model_weights
from openvino import opset13 as op
from toy_models import normal, tiny_cnn


def quantized_layer(kind, limits_kind="f32"):
    """x -> MatMul with weights behind a FakeQuantize, everything in one float type but the limits."""
    own_type = getattr(ov.Type, kind)
    x = op.parameter([2, 6], own_type, name="x")
    values = normal(np.random.default_rng(0), 6, 4)
    weights = op.constant(values, dtype=own_type, name="w")
    top = np.abs(values).max(axis=0, keepdims=True)
    ends = [op.constant(end, dtype=getattr(ov.Type, limits_kind)) for end in (-top, top, -top, top)]
    quantizer = op.fake_quantize(weights, *ends, 255, name="fq")
    y = op.matmul(x, quantizer, False, False, name="fc")
    return ov.Model([op.result(y, name="result")], [x], "layer")


def answer(model):
    sample = normal(np.random.default_rng(1), 2, 6)
    return np.array(compile_model(model, "CPU")([sample])[0], np.float32)


@pytest.mark.parametrize("kind", ["f16", "bf16", "f32", "f64"])
def test_weights_are_stored_as_integers_and_compute_the_same(kind):
    held = CompressedModel(graph=quantized_layer(kind))
    before = answer(held.members[0].model)
    compress_model_weights(held)
    model = held.members[0].model
    types = {node.get_friendly_name(): node.get_output_element_type(0).to_string() for node in model.get_ops()}
    assert "i8" in types.values()
    assert "FakeQuantize" not in {node.get_type_name() for node in model.get_ops()}
    assert types["fc"] == kind
    np.testing.assert_allclose(answer(model), before, rtol=0.02, atol=0.01)


@pytest.mark.parametrize(
    ("make", "changed"),
    [(tiny_cnn, ()), (lambda: quantized_layer("f32"), ()), (lambda: quantized_layer("f16"), ("fq",))],
)
def test_only_quantizers_of_other_types_change(make, changed):
    model = make()
    assert quantize_constants_in_f32(model) == changed
    model.validate_nodes_and_infer_types()
    assert quantize_constants_in_f32(model) == ()


def test_limits_in_half_precision_are_converted_too():
    held = CompressedModel(graph=quantized_layer("f16", "f16"))
    before = answer(held.members[0].model)
    compress_model_weights(held)
    np.testing.assert_allclose(answer(held.members[0].model), before, rtol=0.02, atol=0.01)
