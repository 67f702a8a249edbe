"""Copies of channels, made where the channels begin."""

import numpy as np
import pytest

import openvino as ov
from openpot.errors import ModelError
from openpot.graph.edit import ModelEditor
from openpot.graph.snapshot_model import snapshot_from_model
from openpot.graph.tensor_id import InputId, TensorId
from openpot.rewrites.widen_channels import find_obstacle_to_widening, widen_channels
from openvino import opset13 as op
from toy_models import conv, depthwise, images, normal, run

RNG = np.random.default_rng(5)
SOURCES = (2, 0, 2)


def network(between, first=None):
    """data -> first -> between -> last; ``last`` is a 1x1 convolution of ones, so that its output is a sum."""
    data = op.parameter([1, 3, 16, 16], np.float32, name="data")
    begin = first or (lambda x: conv(x, normal(RNG, 4, 3, 3, 3), "first", 1, bias=normal(RNG, 4)))
    x = between(begin(data))
    last = op.convolution(
        x, op.constant(normal(RNG, 2, 4, 1, 1), name="last_w"), [1, 1], [0, 0], [0, 0], [1, 1], name="last"
    )
    return ov.Model([op.result(last, name="result")], [data], "net")


BETWEEN = {
    "nothing": lambda x: x,
    "activation": lambda x: op.relu(x, name="act"),
    "depthwise": lambda x: depthwise(op.relu(x, name="act"), normal(RNG, 4, 1, 1, 3, 3), "dw", bias=normal(RNG, 4)),
    "scale of channels": lambda x: op.multiply(x, op.constant(normal(RNG, 1, 4, 1, 1), name="scale"), name="scaled"),
    "scale of all": lambda x: op.multiply(x, op.constant(np.float32(0.5), name="half"), name="scaled"),
    "without batch axis": lambda x: op.multiply(x, op.constant(normal(RNG, 4, 1, 1), name="scale"), name="scaled"),
    "slopes": lambda x: op.prelu(x, op.constant(np.abs(normal(RNG, 4)), name="slopes"), name="act"),
    "pooling": lambda x: op.avg_pool(x, [2, 2], [0, 0], [0, 0], [2, 2], True, name="pool"),
    "transposed": lambda x: op.convolution_backprop_data(
        x, op.constant(normal(RNG, 4, 4, 2, 2), name="up_w"), [2, 2], name="up"
    ),
}


def widened(model):
    snapshot = snapshot_from_model(model)
    weights = np.array(next(n for n in model.get_ops() if n.get_friendly_name() == "last_w").data)
    half = weights.copy()
    half[:, 2] /= 3
    half[:, 0] /= 2
    with ModelEditor(model) as editor:
        widen_channels(model, snapshot, snapshot["last"].inputs[0], SOURCES)
        wider = np.concatenate([half, half[:, list(SOURCES)]], axis=1)
        editor.replace_input(InputId("last", 1), op.constant(wider, name="last_w2").output(0))
    return model


@pytest.mark.parametrize("between", BETWEEN.values(), ids=BETWEEN.keys())
def test_the_network_computes_the_same(between):
    sample = images(1)[0][None]
    model = network(between)
    before = run(model, sample)[0]
    np.testing.assert_allclose(run(widened(model), sample)[0], before, atol=1e-5)
    shapes = snapshot_from_model(model)
    assert shapes["last"].inputs[0] and shapes[shapes["last"].inputs[0].node].output_shape[1] == 7


def test_both_sides_of_a_sum_are_widened():
    data = op.parameter([1, 3, 16, 16], np.float32, name="data")
    left = op.relu(conv(data, normal(RNG, 4, 3, 3, 3), "left", 1), name="act")
    both = op.add(left, conv(data, normal(RNG, 4, 3, 1, 1), "right"), name="sum")
    last = op.convolution(
        both, op.constant(normal(RNG, 2, 4, 1, 1), name="last_w"), [1, 1], [0, 0], [0, 0], [1, 1], name="last"
    )
    model = ov.Model([op.result(last, name="result")], [data], "net")
    sample = images(1)[0][None]
    before = run(model, sample)[0]
    np.testing.assert_allclose(run(widened(model), sample)[0], before, atol=1e-5)


def grouped(x):
    return op.group_convolution(
        x, op.constant(normal(RNG, 2, 2, 2, 1, 1), name="g_w"), [1, 1], [0, 0], [0, 0], [1, 1], name="grouped"
    )


OBSTACLES = {
    "several readers": (lambda x: op.add(op.relu(x, name="act"), x, name="sum"), "several readers"),
    "groups": (grouped, "'grouped' is a grouped convolution"),
    "reshape": (
        lambda x: op.reshape(x, op.constant(np.array([1, 4, 8, 32])), False, name="reshaped"),
        "'reshaped' is a Reshape",
    ),
}


@pytest.mark.parametrize(("between", "reason"), OBSTACLES.values(), ids=OBSTACLES.keys())
def test_what_cannot_be_widened_is_named_and_left_alone(between, reason):
    model = network(between)
    snapshot = snapshot_from_model(model)
    tensor = snapshot["last"].inputs[0]
    assert reason in find_obstacle_to_widening(snapshot, tensor)
    with pytest.raises(ModelError, match="cannot be made more"):
        widen_channels(model, snapshot, tensor, SOURCES)
    assert run(model, images(1)[0][None])


def test_inputs_of_the_model_cannot_be_widened():
    snapshot = snapshot_from_model(network(lambda x: x))
    assert "'data' is a Parameter" in find_obstacle_to_widening(snapshot, TensorId("data"))
