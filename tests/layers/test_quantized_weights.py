"""Weights as they are and as they are quantized."""

import numpy as np

import openvino as ov
from openpot.graph.node_index import NodeIndex
from openpot.graph.provenance import Provenance
from openpot.graph.snapshot_model import snapshot_from_model
from openpot.layers.linear_layer import find_linear_layers
from openpot.layers.quantized_weights import read_original_weights, read_quantized_weights
from openvino import opset13 as op
from toy_models import conv, normal, run


def model(quantizes, factor=1.0):
    rng = np.random.default_rng(0)
    data = op.parameter([1, 3, 4, 4], np.float32, name="data")
    values = normal(rng, 2, 3, 1, 1)
    if not quantizes:
        return values, ov.Model([op.result(conv(data, values, "conv"))], [data], "m")
    high = np.abs(values).max(axis=(1, 2, 3), keepdims=True)
    ends = [op.constant(end.astype(np.float32)) for end in (-high, high, -factor * high, factor * high)]
    weights = op.fake_quantize(op.constant(values, name="w"), *ends, 255, name="w_fq")
    layer = op.convolution(data, weights, [1, 1], [0, 0], [0, 0], [1, 1], name="conv")
    return values, ov.Model([op.result(layer), op.result(weights)], [data], "m")


def test_quantized_weights_are_what_the_runtime_makes_of_them():
    values, network = model(quantizes=True, factor=2.0)
    (layer,) = find_linear_layers(snapshot_from_model(network))
    nodes = NodeIndex(network)
    np.testing.assert_array_equal(read_original_weights(nodes, layer, Provenance()), values)
    expected = run(network, np.zeros((1, 3, 4, 4), np.float32))[1]
    np.testing.assert_allclose(read_quantized_weights(nodes, layer), expected, rtol=1e-6)


def test_weights_without_quantizer_are_themselves():
    values, network = model(quantizes=False)
    (layer,) = find_linear_layers(snapshot_from_model(network))
    np.testing.assert_array_equal(read_quantized_weights(NodeIndex(network), layer), values)


def test_original_weights_are_what_was_there_before_an_algorithm_changed_them():
    values, network = model(quantizes=True)
    (layer,) = find_linear_layers(snapshot_from_model(network))
    known = Provenance()
    known.record_weights(layer.weights, 2 * values)
    np.testing.assert_array_equal(read_original_weights(NodeIndex(network), layer, known), 2 * values)
