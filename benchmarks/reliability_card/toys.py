"""Small networks and samples; both tools get the same."""

from __future__ import annotations

import numpy as np

import openvino as ov
from openvino import opset13 as op

SHAPE = (3, 16, 16)


def normal(rng, *shape, scale=0.3):
    return (rng.standard_normal(shape) * scale).astype(np.float32)


def convolution(x, weights, name):
    return op.convolution(x, op.constant(weights, name=f"{name}_weights"), [1, 1], [1, 1], [1, 1], [1, 1], name=name)


def network(seed=0, batch=1, channels=8, change=None, prefix=""):
    """Two convolutions with a residual connection, and a matrix product: as in the table of the reference.

    ``change`` gets the weights of the second convolution and returns others.
    """
    rng = np.random.default_rng(seed)
    data = op.parameter([batch, *SHAPE], np.float32, name=f"{prefix}data")
    x = op.relu(convolution(data, normal(rng, channels, 3, 3, 3), f"{prefix}conv1"), name=f"{prefix}relu1")
    weights = normal(rng, channels, channels, 3, 3)
    second = convolution(x, weights if change is None else change(weights), f"{prefix}conv2")
    x = op.relu(op.add(second, x, name=f"{prefix}residual"), name=f"{prefix}relu2")
    x = op.reduce_mean(x, op.constant(np.array([2, 3]), name=f"{prefix}axes"), keep_dims=False, name=f"{prefix}pool")
    x = op.matmul(x, op.constant(normal(rng, 5, channels), name=f"{prefix}weights"), False, True, name=f"{prefix}product")
    data.output(0).get_tensor().set_names({f"{prefix}data"})
    x.output(0).get_tensor().set_names({f"{prefix}logits"})
    return ov.Model([op.result(x, name=f"{prefix}result")], [data], "toy")


def large_network(megabytes=64):
    """Weights that take a while to write."""
    side = int((megabytes * 2**20 / 4 / 4) ** 0.5)
    rng = np.random.default_rng(0)
    data = op.parameter([1, side], np.float32, name="data")
    data.output(0).get_tensor().set_names({"data"})
    x = data
    for number in range(4):
        x = op.matmul(x, op.constant(normal(rng, side, side, scale=0.05), name=f"weights{number}"), False, True, name=f"product{number}")
    return ov.Model([op.result(x)], [data], "large")


def samples(count=8, shape=SHAPE, seed=1):
    rng = np.random.default_rng(seed)
    return [(rng.standard_normal((1, *shape)) + 0.3).astype(np.float32) for _ in range(count)]


def changed(count=8, number=3, change=None):
    """Samples of which one is changed in place."""
    made = samples(count)
    change(made[number])
    return made


class Lazy:
    """A data set that makes its samples when it is asked."""

    def __init__(self, make, count=8):
        self.make, self.count = make, count

    def __len__(self):
        return self.count

    def __getitem__(self, number):
        if not 0 <= number < self.count:
            raise IndexError(number)
        return self.make(number)


def run(model, sample):
    compiled = ov.Core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32", "EXECUTION_MODE_HINT": "ACCURACY"})
    return [np.array(value) for value in compiled([sample]).values()]


def distance(quantized, original):
    """Largest difference of the outputs on fresh inputs, relative to the largest output; inf if it cannot be run."""
    worst, largest = 0.0, 1e-9
    try:
        for sample in samples(4, seed=99):
            for expected, given in zip(run(original, sample), run(quantized, sample), strict=True):
                largest = max(largest, float(np.abs(expected).max()))
                worst = max(worst, float(np.nan_to_num(np.abs(expected - given), nan=np.inf).max()))
    except RuntimeError:
        return float("inf")
    return worst / largest


def is_quantized(model):
    return any(node.get_type_name() == "FakeQuantize" for node in model.get_ops())
