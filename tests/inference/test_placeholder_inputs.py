"""Made-up inputs."""

import numpy as np
import pytest

import openvino as ov
from openpot.errors import ConfigError
from openpot.graph.read import read_model
from openpot.inference.placeholder_inputs import make_placeholder_inputs
from openvino import opset13 as op


def model_of(*ports):
    inputs = [op.parameter(ov.PartialShape(shape), kind, name=f"x{place}") for place, (shape, kind) in enumerate(ports)]
    return read_model(ov.Model([op.result(op.relu(port)) for port in inputs], inputs, "m"))


def test_inputs_have_shapes_and_types_of_the_model():
    feed = make_placeholder_inputs(model_of(([-1, 3], np.float32), ([2], np.int64)))
    assert {number: (array.shape, array.dtype.name) for number, array in feed.items()} == {
        0: ((1, 3), "float32"),
        1: ((2,), "int64"),
    }
    assert not feed[1].any()


def test_sizes_that_are_open_need_data():
    with pytest.raises(ConfigError, match=r"input 'x0' with shape \(\?, \?\).*give data"):
        make_placeholder_inputs(model_of(([-1, -1], np.float32)))
