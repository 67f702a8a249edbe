"""Weights whose pairs are bounded give exact sums on the real runtime, whatever the processor."""

import numpy as np
import pytest

import openvino as ov
from openpot.inference.compile import compile_model
from openpot.numerics.saturation import compute_pair_magnitude
from openvino import opset13 as op

SIZE = 12


def convolution(data, weights, stride=1):
    rank = len(weights.get_output_shape(0)) - 2
    ones, pads = [1] * rank, [weights.get_output_shape(0)[-1] // 2] * rank
    return op.convolution(data, weights, [stride] * rank, pads, pads, ones)


def grouped(data, weights):
    return op.group_convolution(data, weights, [1, 1], [1, 1], [1, 1], [1, 1])


def transposed(data, weights):
    return op.convolution_backprop_data(data, weights, strides=[2, 2], pads_begin=[1, 1], pads_end=[1, 1])


LAYERS = {
    "3x3": ((32, 64, 3, 3), 1, (0,), (1, 64, SIZE, SIZE), convolution),
    "1x1": ((32, 64, 1, 1), 1, (0,), (1, 64, SIZE, SIZE), convolution),
    "three channels": ((32, 3, 3, 3), 1, (0,), (1, 3, SIZE, SIZE), convolution),
    "one channel": ((32, 1, 3, 3), 1, (0,), (1, 1, SIZE, SIZE), convolution),
    "strided": ((20, 18, 3, 3), 1, (0,), (1, 18, SIZE, SIZE), lambda data, w: convolution(data, w, 2)),
    "grouped": ((4, 16, 16, 3, 3), 2, (0, 1), (1, 64, SIZE, SIZE), grouped),
    "narrow groups": ((16, 2, 2, 3, 3), 2, (0, 1), (1, 32, SIZE, SIZE), grouped),
    "odd groups": ((16, 2, 3, 3, 3), 2, (0, 1), (1, 48, SIZE, SIZE), grouped),
    "depthwise": ((64, 1, 1, 3, 3), 2, (0, 1), (1, 64, SIZE, SIZE), grouped),
    "transposed": ((64, 32, 4, 4), 0, (1,), (1, 64, SIZE, SIZE), transposed),
    "1-D": ((32, 64, 5), 1, (0,), (1, 64, 40), convolution),
    "3-D": ((16, 16, 3, 3, 3), 1, (0,), (1, 16, 6, 6, 6), convolution),
    "matrix": ((48, 64), 1, (0,), (10, 64), lambda data, w: op.matmul(data, w, False, True)),
    "matrix as it is": ((64, 48), 0, (1,), (2, 10, 64), lambda data, w: op.matmul(data, w, False, False)),
    "one row": ((48, 63), 1, (0,), (1, 63), lambda data, w: op.matmul(data, w, False, True)),
}


def bounded_integers(rng, shape, axis, channel_axes):
    weights = rng.standard_t(3, size=shape)
    sizes = [size if position in channel_axes else 1 for position, size in enumerate(shape)]
    magnitude = compute_pair_magnitude(weights, axis, channel_axes).reshape(sizes)
    return np.rint(weights / (magnitude / 127)).astype(np.int8)


def product(layer, weights, channel_axes, shape, signed=None):
    """The layer on a parameter; quantized with integer levels unless ``signed`` is None."""
    data = op.parameter(list(shape), np.float32)
    scale = np.full([size if axis in channel_axes else 1 for axis, size in enumerate(weights.shape)], 0.5, np.float32)
    if signed is None:
        return ov.Model([layer(data, op.constant(weights * scale))], [data], "float")
    low, high = (np.float32(-128), np.float32(127)) if signed else (np.float32(0), np.float32(255))
    quantized = op.fake_quantize(data, low, high, low, high, 256)
    packed = op.multiply(op.convert(op.constant(weights), "f32"), op.constant(scale))
    return ov.Model([layer(quantized, packed)], [data], "integer")


@pytest.mark.parametrize("signed", [False, True], ids=["unsigned", "signed"])
@pytest.mark.parametrize("name", LAYERS)
def test_sums_of_bounded_pairs_are_exact(name, signed):
    shape, axis, channel_axes, data_shape, layer = LAYERS[name]
    rng = np.random.default_rng(5)
    weights = bounded_integers(rng, shape, axis, channel_axes)
    data = rng.integers(-128 if signed else 0, 128 if signed else 256, data_shape)
    data[rng.random(data_shape) < 0.5] = 127 if signed else 255
    models = (product(layer, weights, channel_axes, data_shape, kind) for kind in (None, signed))
    exact, found = (compile_model(model, "CPU")(data.astype(np.float32))[0] for model in models)
    np.testing.assert_array_equal(found, exact)
