"""Models that no sample can be run on."""

import numpy as np
import pytest

import openvino as ov
from openpot.errors import ModelError
from openpot.graph.runnable_model import find_not_finite, require_runnable
from openvino import opset13 as op
from toy_models import tiny_cnn


def product(shape, weights):
    data = op.parameter(shape, np.float32, name="data")
    data.output(0).get_tensor().set_names({"data"})
    stored = op.constant(weights, name="stored")
    node = op.matmul(data, op.convert(stored, "f32"), False, False, name="product")
    return ov.Model([op.result(node)], [data], "product")


def test_an_ordinary_model_passes():
    require_runnable(tiny_cnn())


def test_a_model_without_inputs_is_refused():
    model = ov.Model([op.result(op.constant(np.ones(3, np.float32)))], [], "constant")
    with pytest.raises(ModelError, match="'constant' has no inputs"):
        require_runnable(model)


def test_an_input_without_rank_is_named():
    with pytest.raises(ModelError, match=r"input 'data' has no rank.*model\.reshape\(\{'data': "):
        require_runnable(product(ov.PartialShape.dynamic(), np.ones((4, 4), np.float32)))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64], ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf], ids=str)
def test_weights_that_are_not_finite_are_named(dtype, value):
    weights = np.ones((4, 4), dtype)
    weights[2, 1] = weights[3, 3] = value
    with pytest.raises(ModelError, match=rf"'stored', weights of 'product', holds 2 of 16 .* is {value} at \(2, 1\)"):
        require_runnable(product([1, 4], weights))
    require_runnable(product([1, 4], weights), ignored={"product"})


def test_large_values_are_finite():
    assert find_not_finite(np.full(8, np.finfo(np.float64).max)) is None
