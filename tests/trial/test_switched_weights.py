"""Weights that an input switches: mixed where they meet many rows, multiplied twice where they meet few."""

from functools import partial

import numpy as np
import pytest

import openvino as ov
from openpot.graph.tensor_id import InputId, TensorId
from openpot.trial.shift_inputs import ShiftPlace
from openpot.trial.switched_weights import MANY_ROWS, TrialWeights
from openpot.trial.trial_graph import build_trial_graph
from openvino import opset13 as op
from toy_models import normal, run

RNG = np.random.default_rng(0)
PLACES = {"conv": ShiftPlace(TensorId("conv"), 1, 6), "fc": ShiftPlace(TensorId("fc"), -1, 3)}


def two_layers(size):
    """A convolution over ``size`` x ``size`` places, then a matrix product on the mean of each channel."""
    data = op.parameter([1, 4, size, size], np.float32, name="data")
    conv = op.convolution(
        data, op.constant(normal(RNG, 6, 4, 1, 1), name="w"), [1, 1], [0, 0], [0, 0], [1, 1], name="conv"
    )
    mean = op.reduce_mean(op.relu(conv), op.constant(np.array([2, 3])), keep_dims=False)
    fc = op.matmul(mean, op.constant(normal(RNG, 3, 6), name="v"), False, True, name="fc")
    return ov.Model([op.result(fc, name="out")], [data])


def halve(values):
    return np.round(values * 2) / np.float32(2)


def switched(model):
    constants = {node.get_friendly_name(): node.data for node in model.get_ops() if node.get_type_name() == "Constant"}
    weights = [
        TrialWeights(f"{layer}/fq", (InputId(layer, 1),), partial(halve, constants[name]))
        for layer, name in (("conv", "w"), ("fc", "v"))
    ]
    graph = build_trial_graph(model, [], weights, PLACES, [TensorId("fc")], ["conv/fq", "fc/fq"])
    return graph, {weight.name: weight.read() for weight in weights}


def answer(graph, data, choice):
    return run(graph.model, data, *graph.make_vectors(graph.make_controls(choice)))


def with_weights(model, values):
    twin = model.clone()
    for node in twin.get_ops():
        if f"{node.get_friendly_name()}/fq" in values:
            new = op.constant(values[f"{node.get_friendly_name()}/fq"])
            node.input(1).replace_source_output(new.output(0))
    return twin


@pytest.mark.parametrize("size", [2, 12])
@pytest.mark.parametrize("names", [(), ("conv/fq",), ("fc/fq",), ("conv/fq", "fc/fq")])
def test_the_switches_choose_the_weights_and_the_means_are_those_of_what_acts(size, names):
    model = two_layers(size)
    graph, quantized = switched(model)
    data = normal(RNG, 1, 4, size, size)
    means, out = answer(graph, data, dict.fromkeys(names, 0))
    plain = with_weights(model, {name: quantized[name] for name in names})
    (expected,) = run(plain, data)
    np.testing.assert_allclose(out, expected, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(means[graph.targets["fc"]], expected[0], rtol=1e-4, atol=1e-5)


def test_a_product_with_few_rows_is_made_twice_one_with_many_has_its_weights_mixed():
    for size in (2, 12):
        graph, _ = switched(two_layers(size))
        kinds = [node.get_type_name() for node in graph.model.get_ops()]
        assert kinds.count("Convolution") == (2 if size * size < MANY_ROWS else 1)
        assert kinds.count("MatMul") == 2
