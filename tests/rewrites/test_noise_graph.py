"""A network twice in one model."""

import numpy as np
import pytest

import openvino as ov
from openpot.errors import ModelError
from openpot.graph.tensor_id import InputId, TensorId
from openpot.rewrites.noise_graph import LayerPlaces, build_noise_graph
from openvino import opset13 as op
from toy_models import images, run, tiny_cnn


def observed(graph, layer, sample):
    """Signal over noise and the difference as the runtime computes them."""
    results = {node.get_friendly_name(): node for node in graph.model.get_results()}
    wanted = [results[f"openpot/noise/{layer}/{kind}/result"] for kind in ("difference", "ratio")]
    return run(ov.Model(wanted, graph.model.get_parameters(), "observed"), sample)


def output_of(model, name, sample):
    node = next(node for node in model.get_ops() if node.get_friendly_name() == name)
    return run(ov.Model([op.result(node)], model.get_parameters(), "part"), sample)[0]


PLACES = [LayerPlaces(name, TensorId(f"{name}_bias"), TensorId(f"{name}_bias")) for name in ("conv1", "conv2")]


def test_difference_and_ratio_of_two_networks():
    left, right, sample = tiny_cnn(0), tiny_cnn(1), images(1)[0][None]
    graph = build_noise_graph(left, right, PLACES, {}, eps=1e-3)
    for layer in ("conv1", "conv2"):
        signal, other = (output_of(model, f"{layer}_bias", sample) for model in (left, right))
        difference, ratio = observed(graph, layer, sample)
        np.testing.assert_allclose(difference, signal - other, atol=1e-5)
        np.testing.assert_allclose(ratio, signal**2 / ((signal - other) ** 2 + 1e-3), rtol=1e-3)


def test_squares_can_be_averaged_first():
    left, right, sample = tiny_cnn(0), tiny_cnn(1), images(1)[0][None]
    graph = build_noise_graph(left, right, PLACES, {}, eps=1e-3, average_positions=True)
    signal, other = (output_of(model, "conv1_bias", sample) for model in (left, right))
    expected = (signal**2).mean((2, 3)) / (((signal - other) ** 2).mean((2, 3)) + 1e-3)
    np.testing.assert_allclose(observed(graph, "conv1", sample)[1], expected, rtol=1e-4)


def test_clean_inputs_come_from_the_reference():
    left, right, sample = tiny_cnn(0), tiny_cnn(1), images(1)[0][None]
    graph = build_noise_graph(left, right, PLACES, {InputId("conv2", 0): TensorId("relu1")}, eps=1e-3)
    weights = next(node for node in right.get_ops() if node.get_friendly_name() == "conv2_w")
    data = op.parameter([1, 8, 16, 16], np.float32)
    layer = op.convolution(data, op.constant(np.array(weights.data)), [1, 1], [1, 1], [1, 1], [1, 1])
    biases = next(node for node in right.get_ops() if node.get_friendly_name() == "conv2_b")
    alone = op.add(layer, op.constant(np.array(biases.data)))
    given = run(ov.Model([op.result(alone)], [data], "alone"), output_of(left, "relu1", sample))[0]
    expected = output_of(left, "conv2_bias", sample) - given
    np.testing.assert_allclose(observed(graph, "conv2", sample)[0], expected, atol=1e-4)


def test_both_networks_stay_as_they_are():
    left, right, sample = tiny_cnn(0), tiny_cnn(1), images(1)[0][None]
    before = [run(model, sample)[0] for model in (left, right)]
    build_noise_graph(left, right, PLACES, {}, eps=1e-3)
    for model, output in zip((left, right), before, strict=True):
        np.testing.assert_array_equal(run(model, sample)[0], output)
        assert not [node for node in model.get_ops() if node.get_friendly_name().startswith("openpot/")]


def test_networks_with_other_inputs_are_refused():
    other = op.parameter([1], np.float32)
    with pytest.raises(ModelError, match="other inputs"):
        build_noise_graph(
            tiny_cnn(), ov.Model([op.result(other)], [other, op.parameter([1], np.float32)], "m"), [], {}, 1.0
        )
