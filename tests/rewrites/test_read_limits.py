"""Limits as they are in a model."""

import numpy as np
import pytest

import openvino as ov
from openpot.errors import ModelError
from openpot.graph.build import fake_quantize
from openpot.numerics.fake_quantize import FakeQuantizeLimits
from openpot.rewrites.read_limits import read_limits
from openvino import opset13 as op


def test_what_was_written_is_read():
    data = op.parameter([1, 3, 4, 4], np.float32, name="data")
    high = np.array([1.0, 2.0, 3.0], np.float32).reshape(1, 3, 1, 1)
    limits = FakeQuantizeLimits(-high, high, -2 * high, 2 * high, 255)
    model = ov.Model([op.result(fake_quantize(data.output(0), limits, "fq"))], [data], "m")
    assert read_limits(model, "fq").equals(limits)


def test_other_operations_have_none():
    data = op.parameter([1, 3], np.float32, name="data")
    with pytest.raises(ModelError, match="'act' is a Relu"):
        read_limits(ov.Model([op.result(op.relu(data, name="act"))], [data], "m"), "act")
