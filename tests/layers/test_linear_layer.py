"""Layers with constant weights, and their mean output in closed form."""

import numpy as np
import pytest

import openvino as ov
from openpot.graph.snapshot_model import snapshot_from_model
from openpot.graph.tensor_id import InputId, TensorId
from openpot.layers.linear_layer import compute_mean_output, find_linear_layers
from openvino import opset13 as op
from toy_models import conv, depthwise, normal, worked_example

RNG = np.random.default_rng(3)


def test_layers_are_found_with_their_weights_and_channel_axes():
    layers = {layer.name: layer for layer in find_linear_layers(snapshot_from_model(worked_example()))}
    assert list(layers) == ["conv1", "dw", "conv2", "conv3", "deconv", "conv4", "conv5", "fc"] or set(layers) == {
        "conv1", "dw", "conv2", "conv3", "deconv", "conv4", "conv5", "fc",
    }  # fmt: skip
    assert layers["fc"].weights == InputId("fc", 1)
    assert (layers["fc"].data_axis, layers["fc"].output_axis) == (-1, -1)
    assert (layers["dw"].data_axis, layers["dw"].output_axis) == (1, 1)
    assert layers["conv1"].constant == TensorId("conv1_w")
    assert layers["conv1"].data == TensorId("data")
    assert layers["conv1"].quantizer is None


def test_products_of_two_activations_are_no_layers():
    data = op.parameter([1, 4, 4], np.float32, name="data")
    model = ov.Model([op.result(op.matmul(data, data, False, True, name="attention"))], [data], "m")
    assert find_linear_layers(snapshot_from_model(model)) == ()


def quantized_weights_model():
    data = op.parameter([1, 3, 8, 8], np.float32, name="data")
    weights = op.constant(normal(RNG, 4, 3, 1, 1), name="w")
    ends = [op.constant(np.float32(end), name=f"end{i}") for i, end in enumerate((-1, 1, -1, 1))]
    quantized = op.fake_quantize(weights, *ends, 255, name="w_fq")
    node = op.convolution(data, quantized, [1, 1], [0, 0], [0, 0], [1, 1], name="conv")
    return ov.Model([op.result(node)], [data], "m")


def test_weights_are_found_behind_their_fake_quantize():
    (layer,) = find_linear_layers(snapshot_from_model(quantized_weights_model()))
    assert layer.quantizer == "w_fq"
    assert layer.constant == TensorId("w")


def transposed(x, weights, name, **kwargs):
    return op.convolution_backprop_data(x, op.constant(weights, name=f"{name}_w"), [2, 2], name=name, **kwargs)


def product(x, weights, name, transpose_a=False, transpose_b=False, weights_first=False):
    constant = op.constant(weights, name=f"{name}_w")
    pair = (constant, x) if weights_first else (x, constant)
    return op.matmul(*pair, transpose_a, transpose_b, name=name)


CASES = {
    "convolution": ([1, 3, 9, 7], lambda x: conv(x, normal(RNG, 4, 3, 3, 3), "layer", pad=1, stride=2)),
    "depthwise": ([1, 6, 9, 7], lambda x: depthwise(x, normal(RNG, 6, 1, 1, 3, 3), "layer")),
    "grouped": ([1, 6, 9, 7], lambda x: depthwise(x, normal(RNG, 2, 4, 3, 3, 3), "layer")),
    "transposed": ([1, 3, 5, 4], lambda x: transposed(x, normal(RNG, 3, 4, 3, 3), "layer", pads_begin=[1, 1])),
    "product": ([2, 5, 3], lambda x: product(x, normal(RNG, 3, 4), "layer")),
    "product, weights transposed": ([2, 5, 3], lambda x: product(x, normal(RNG, 4, 3), "layer", transpose_b=True)),
    "product, data transposed": ([2, 3, 5], lambda x: product(x, normal(RNG, 3, 4), "layer", transpose_a=True)),
    "product, weights first": ([2, 3, 5], lambda x: product(x, normal(RNG, 4, 3), "layer", weights_first=True)),
    "product, weights first, all transposed": (
        [2, 5, 3],
        lambda x: product(x, normal(RNG, 3, 4), "layer", transpose_a=True, transpose_b=True, weights_first=True),
    ),
    "same padding": (
        [1, 3, 9, 7],
        lambda x: op.convolution(
            x, op.constant(normal(RNG, 4, 3, 4, 3), name="layer_w"), [2, 2], [0, 0], [0, 0], [1, 1], "same_upper",
            name="layer",
        ),
    ),
    "valid padding": (
        [1, 3, 9, 7],
        lambda x: op.convolution(
            x, op.constant(normal(RNG, 4, 3, 4, 3), name="layer_w"), [2, 2], [5, 5], [5, 5], [1, 1], "valid",
            name="layer",
        ),
    ),
    "transposed to a given size": (
        [1, 3, 5, 4],
        lambda x: op.convolution_backprop_data(
            x, op.constant(normal(RNG, 3, 4, 3, 3), name="layer_w"), [2, 2], op.constant([9, 7], name="size"),
            name="layer",
            auto_pad="same_upper",
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_mean_output_is_what_the_runtime_gives_for_a_constant_input(case):
    shape, make = case
    data = op.parameter(shape, np.float32, name="data")
    model = ov.Model([op.result(make(data))], [data], "m")
    snapshot = snapshot_from_model(model)
    (layer,) = find_linear_layers(snapshot)
    means = RNG.standard_normal(shape[layer.data_axis])
    along = [1] * len(shape)
    along[layer.data_axis] = -1
    given = np.broadcast_to(means.reshape(along).astype(np.float32), shape)
    output = ov.compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})(np.ascontiguousarray(given))[0]
    others = tuple(axis for axis in range(output.ndim) if axis != layer.output_axis % output.ndim)
    weights = next(node for node in model.get_ops() if node.get_friendly_name() == "layer_w").data
    np.testing.assert_allclose(
        compute_mean_output(layer, weights, means, snapshot), output.mean(axis=others), atol=1e-5
    )


def test_unknown_sizes_count_as_large_pictures():
    data = op.parameter([-1, 3, -1, -1], np.float32, name="data")
    model = ov.Model([op.result(conv(data, np.ones((1, 3, 3, 3), np.float32), "layer", pad=1))], [data], "m")
    snapshot = snapshot_from_model(model)
    (layer,) = find_linear_layers(snapshot)
    (mean,) = compute_mean_output(layer, np.ones((1, 3, 3, 3), np.float32), np.ones(3), snapshot)
    assert 26.0 < mean < 27.0
