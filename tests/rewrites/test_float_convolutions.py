"""Weights of convolutions on float data are stored as float."""

import numpy as np
import pytest

import openvino as ov
from openpot.numerics.fake_quantize import FakeQuantizeLimits
from openpot.rewrites.compress_weights import compress_weights
from openpot.rewrites.float_convolutions import fix_weights_of_float_convolutions
from openvino import opset13 as op
from toy_models import normal

pytestmark = pytest.mark.usefixtures("compiled_anew")

WEIGHTS = {
    "Convolution": [4, 3, 3, 3],
    "GroupConvolution": [3, 2, 1, 3, 3],
    "ConvolutionBackpropData": [3, 4, 3, 3],
    "GroupConvolutionBackpropData": [3, 1, 2, 3, 3],
}


BETWEEN = {
    "nothing": None,
    "transpose": lambda data: op.transpose(data, op.constant([0, 1, 3, 2])),
    "slice": lambda data: op.slice(data, *(op.constant([one]) for one in (0, 7, 1, 3))),
    "concat": lambda data: op.concat([data, data], 2),
}


def fake_quantize(data, levels=256, name=None):
    limits = FakeQuantizeLimits.from_range(np.float32(-2), np.float32(2), levels)
    ends = (limits.input_low, limits.input_high, limits.output_low, limits.output_high)
    return op.fake_quantize(data, *(op.constant(end) for end in ends), levels, name=name)


def operation(kind, data, weights):
    strides, pads = [1, 1], [0, 0]
    if kind == "MatMul":
        return op.matmul(data, weights, False, True, name="layer")
    make = {
        "Convolution": op.convolution,
        "GroupConvolution": op.group_convolution,
        "ConvolutionBackpropData": op.convolution_backprop_data,
        "GroupConvolutionBackpropData": op.group_convolution_backprop_data,
    }[kind]
    return make(data, weights, strides=strides, pads_begin=pads, pads_end=pads, dilations=[1, 1], name="layer")


def layer(kind, data_levels, between=None):
    shape = [2, 8] if kind == "MatMul" else [1, 3, 8, 8]
    parameter = op.parameter(shape, np.float32, name="data")
    data = parameter if data_levels is None else fake_quantize(parameter, data_levels, "data/fq")
    if between is not None:
        data = between(data)
    weights = fake_quantize(
        op.constant(normal(np.random.default_rng(1), *WEIGHTS.get(kind, [5, 8]))), 255, "weights/fq"
    )
    return ov.Model([op.result(operation(kind, data, weights))], [parameter], "layer")


def types(model):
    return sorted(
        f"{node.get_type_name()} {node.get_friendly_name()}"
        for node in model.get_ops()
        if "/" in node.get_friendly_name()
    )


def answer(model, seed=0):
    data = np.random.default_rng(seed).normal(size=model.inputs[0].shape).astype(np.float32)
    options = {"INFERENCE_PRECISION_HINT": "f32", "NUM_STREAMS": "1"}
    return ov.Core().compile_model(model, "CPU", options)([data])[0]


@pytest.mark.parametrize("kind", WEIGHTS)
@pytest.mark.parametrize("levels", [None, 65536])
def test_on_float_data_they_become_a_constant_of_the_same_values(kind, levels):
    model = layer(kind, levels)
    before = answer(model)
    assert fix_weights_of_float_convolutions(model) == ("weights/fq",)
    data = [] if levels is None else ["FakeQuantize data/fq"]
    assert types(model) == ["Constant weights/fq", *data]
    np.testing.assert_allclose(answer(model), before, atol=1e-4)


@pytest.mark.parametrize("kind", WEIGHTS)
@pytest.mark.parametrize(
    "between", [None, lambda data: op.transpose(data, op.constant([0, 1, 3, 2]))], ids=["", "moved"]
)
def test_on_quantized_data_they_stay(kind, between):
    model = layer(kind, 256, between)
    assert fix_weights_of_float_convolutions(model) == ()


def test_those_of_a_matrix_product_stay():
    assert fix_weights_of_float_convolutions(layer("MatMul", None)) == ()


@pytest.mark.parametrize(("levels", "integers"), [(None, ()), (256, ("weights/fq",))])
def test_compression_stores_no_integers_for_them(levels, integers):
    assert compress_weights(layer("Convolution", levels)).integers == integers


def test_beside_a_part_in_float_a_concat_is_in_float():
    parameter = op.parameter([1, 3, 8, 8], np.float32, name="data")
    data = op.concat([fake_quantize(parameter, 256, "data/fq"), parameter], 2)
    weights = fake_quantize(op.constant(normal(np.random.default_rng(1), 4, 3, 3, 3)), 255, "weights/fq")
    model = ov.Model([op.result(operation("Convolution", data, weights))], [parameter], "layer")
    assert fix_weights_of_float_convolutions(model) == ("weights/fq",)
