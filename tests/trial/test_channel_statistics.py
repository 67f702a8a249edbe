"""What channels hold, taken inside the graph."""

import numpy as np
import pytest

import openvino as ov
from openpot.errors import UnknownNameError
from openpot.graph.tensor_id import TensorId
from openpot.trial.channel_statistics import observe_channels
from openvino import opset13 as op


def model():
    x = op.parameter([1, -1, 4], np.float32, name="x")
    return ov.Model([op.multiply(x, op.constant(np.float32([1, 2, 3, 4])), name="y")], [x], "m")


def test_they_are_those_of_all_samples():
    rng = np.random.default_rng(0)
    samples = [rng.standard_normal((1, 6, 4)).astype(np.float32) for _ in range(5)]
    observed = observe_channels(model(), [TensorId("y"), TensorId("x")], [{0: sample} for sample in samples])
    stacked = np.concatenate(samples, axis=1)[0]
    for tensor, factor in ((TensorId("x"), 1), (TensorId("y"), np.arange(1, 5))):
        values, channels = stacked * factor, observed[tensor]
        np.testing.assert_allclose(channels.low, values.min(0), rtol=1e-6)
        np.testing.assert_allclose(channels.high, values.max(0), rtol=1e-6)
        np.testing.assert_allclose(channels.mean_square, np.square(values).mean(0), rtol=1e-5)


def test_unknown_tensors_are_refused():
    with pytest.raises(UnknownNameError):
        observe_channels(model(), [TensorId("nothing")], [{0: np.zeros((1, 2, 4), np.float32)}])
