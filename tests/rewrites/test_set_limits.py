"""Other limits for FakeQuantize operations that are in a model."""

import numpy as np
import pytest

import openvino as ov
from openpot.errors import UnknownNameError
from openpot.numerics.fake_quantize import FakeQuantizeLimits, fake_quantize
from openpot.rewrites.set_limits import set_limits
from openvino import opset13 as op

X = np.random.default_rng(0).standard_normal((1, 3, 4, 4)).astype(np.float32)


def model_with(low, high):
    data = op.parameter([1, 3, 4, 4], np.float32, name="data")
    ends = {"input_low": low, "input_high": high, "output_low": low, "output_high": high}
    constants = [op.constant(np.asarray(end, np.float32), name=f"fq/{name}") for name, end in ends.items()]
    node = op.fake_quantize(data, *constants, 256, name="fq")
    return ov.Model([op.result(node, name="result")], [data], "one quantizer")


def run(model):
    return ov.Core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})(X)[0]


@pytest.mark.parametrize("shape", [(), (1, 3, 1, 1)], ids=["per tensor", "per channel"])
def test_the_model_computes_with_the_new_limits(shape):
    model = model_with(np.zeros(shape), np.ones(shape))
    high = np.linspace(1.5, 3.0, int(np.prod(shape)) or 1).reshape(shape)
    new = FakeQuantizeLimits.from_range(-high.ravel() * 128 / 127, high.ravel(), 256)
    before = run(model)
    set_limits(model, {"fq": new})
    shaped = FakeQuantizeLimits.from_range(-high * 128 / 127, high, 256)
    np.testing.assert_allclose(run(model), fake_quantize(X, shaped), atol=1e-5)
    assert not np.allclose(before, run(model), atol=1e-2)


def test_an_operation_that_is_not_there_is_named():
    with pytest.raises(UnknownNameError, match="other"):
        set_limits(model_with(0.0, 1.0), {"other": FakeQuantizeLimits.from_range(np.zeros(()), np.ones(()), 256)})
