"""The precision in which a model stores its weights."""

import numpy as np
import pytest

import openvino as ov
from openpot.graph.stored_precision import name_stored_precision
from openvino import opset13 as op
from toy_models import tiny_cnn


def test_a_float_model_is_fp32():
    assert name_stored_precision(tiny_cnn()) == "FP32"


def test_a_model_saved_as_half_is_fp16_though_some_constants_are_not(tmp_path):
    ov.save_model(tiny_cnn(), tmp_path / "net.xml", compress_to_fp16=True)
    assert name_stored_precision(ov.Core().read_model(tmp_path / "net.xml")) == "FP16"


@pytest.mark.parametrize(("kind", "name"), [(np.float64, "FP64"), (np.int32, "FP32")], ids=["f64", "no floats"])
def test_other_constants(kind, name):
    data = op.parameter([2], kind, "data")
    total = op.add(data, op.constant(np.ones(2, kind)))
    assert name_stored_precision(ov.Model([total], [data], "net")) == name
