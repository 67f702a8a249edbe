"""Layers that are shifted from outside."""

import numpy as np
import pytest

import openvino as ov
from openpot.graph.build import model_with_parameters, parameter, result
from openpot.graph.edit import ModelEditor
from openpot.graph.tensor_id import TensorId
from openpot.trial.adapted_layers import adapt_layer, add_channel_mean
from openpot.trial.shift_inputs import ShiftPlace
from openvino import opset13 as op
from toy_models import run

SAMPLE = np.random.default_rng(3).normal(size=(2, 3, 4)).astype(np.float32)


def doubled(dtype=np.float32):
    """A model that doubles its input, and what the node is called."""
    data = op.parameter([2, 3, 4], dtype, name="x")
    layer = op.multiply(data, op.constant(np.array(2, dtype)), name="layer")
    return ov.Model([op.result(op.relu(layer, name="reader"), name="result")], [data], "doubled")


def adapted(axis, dtype=np.float32):
    """The model with two more inputs, the vector of targets and ``adapt``; outputs: the shifted layer, the means."""
    model, place = doubled(dtype), ShiftPlace(TensorId("layer"), axis, SAMPLE.shape[axis])
    inputs = [parameter([place.channels], "f32", "target"), parameter([1], "f32", "adapt")]
    model = model_with_parameters(model, model.get_results(), inputs)
    with ModelEditor(model) as editor:
        mean, shifted = adapt_layer(editor, place, inputs[0].output(0), inputs[1].output(0), "own")
    return ov.Model([result(shifted, "shifted"), result(mean, "mean")], model.get_parameters(), "adapted")


@pytest.mark.parametrize("axis", [0, 1, 2, -1, -2])
def test_targets_are_added_along_the_channels(axis):
    target = np.arange(1.0, 1.0 + SAMPLE.shape[axis], dtype=np.float32)
    shifted, mean = run(adapted(axis), SAMPLE, target, np.zeros(1, np.float32))
    along = [-1 if one == axis % 3 else 1 for one in range(3)]
    np.testing.assert_allclose(shifted, 2 * SAMPLE + target.reshape(along), atol=1e-6)
    others = tuple(one for one in range(3) if one != axis % 3)
    np.testing.assert_allclose(mean, (2 * SAMPLE).mean(axis=others), atol=1e-6)


def test_adapting_makes_the_means_those_of_the_targets():
    target = np.float32([5, -1, 0.5])
    shifted, mean = run(adapted(1), SAMPLE, target, np.ones(1, np.float32))
    np.testing.assert_allclose(shifted.mean(axis=(0, 2)), target, atol=1e-5)
    np.testing.assert_allclose(mean, (2 * SAMPLE).mean(axis=(0, 2)), atol=1e-6)


def test_a_layer_in_half_precision_is_shifted_in_its_own_type():
    model = adapted(1, np.float16)
    assert [port.get_element_type().to_string() for port in model.outputs] == ["f16", "f32"]
    shifted, _ = run(model, SAMPLE.astype(np.float16), np.float32([1, 2, 3]), np.zeros(1, np.float32))
    np.testing.assert_allclose(shifted, 2 * SAMPLE + np.float32([1, 2, 3]).reshape(1, 3, 1), atol=2e-2)


def test_means_are_float_vectors_of_the_kept_axis():
    model = doubled()
    with ModelEditor(model) as editor:
        mean = add_channel_mean(editor.nodes.output(TensorId("layer")), ShiftPlace(TensorId("layer"), 1, 3), "mean")
    assert list(mean.get_shape()) == [1, 3, 1]
