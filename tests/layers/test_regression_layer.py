import numpy as np
import pytest

import openvino as ov
from openpot.graph.model import CompressedModel
from openpot.layers.linear_layer import find_linear_layers
from openpot.layers.regression_layer import RegressionLayer, make_regression_layer
from openvino import opset13 as op
from toy_models import run

RNG = np.random.default_rng(0)


def weights(*shape):
    return RNG.standard_normal(shape).astype(np.float32)


def layers(kind):
    x = op.parameter([2, 4, 6, 5] if "conv" in kind else [2, 3, 4], np.float32, name="x")
    ones, pads = [1, 1], [1, 1]
    made = {
        "conv": lambda w: op.convolution(x, w, [2, 1], pads, pads, ones, name="layer"),
        "conv same": lambda w: op.convolution(x, w, [2, 1], [0, 0], [0, 0], ones, "same_upper", name="layer"),
        "group conv": lambda w: op.group_convolution(x, w, ones, pads, pads, ones, name="layer"),
        "matmul": lambda w: op.matmul(x, w, False, False, name="layer"),
        "matmul transposed": lambda w: op.matmul(x, w, False, True, name="layer"),
        "transposed conv": lambda w: op.convolution_backprop_data(x, w, ones, name="layer"),
    }
    shapes = {"conv": (3, 4, 3, 3), "conv same": (3, 4, 3, 3), "group conv": (2, 3, 2, 3, 3), "matmul": (4, 5)}
    constant = weights(*shapes.get(kind, (5, 4) if "matmul" in kind else (4, 3, 3, 3)))
    model = ov.Model([made[kind](op.constant(constant))], [x], "one layer")
    layer = find_linear_layers(CompressedModel(graph=model).snapshot())[0]
    return model, constant, make_regression_layer(layer, constant.shape), list(x.shape)


@pytest.mark.parametrize("kind", ["conv", "conv same", "group conv", "matmul", "matmul transposed"])
def test_rows_times_matrices_are_the_layer(kind):
    model, constant, found, shape = layers(kind)
    data = weights(*shape)
    output = run(model, data)[0]
    assert isinstance(found, RegressionLayer)
    count = found.count_positions(data)
    assert count * found.sizes[0] * found.sizes[2] == output.size
    positions = np.arange(0, count, 3)
    given = found.read_input_rows(data, positions) @ found.to_matrices(constant)
    np.testing.assert_allclose(given, found.read_output_rows(output, positions), atol=1e-4)
    np.testing.assert_array_equal(found.to_constant(found.to_matrices(constant)), constant)


def test_limits_are_those_of_the_filters():
    _, constant, found, _ = layers("group conv")
    limits = np.arange(6, dtype=np.float32).reshape(2, 3, 1, 1, 1)
    np.testing.assert_array_equal(found.spread_over_filters(limits)[:, 0], limits.reshape(2, 3))
    assert found.spread_over_filters(np.array(2.0)).shape == (2, 1, 3)
    assert constant.shape == found.shape


def test_other_layers_are_no_regression_here():
    assert layers("transposed conv")[2] == "ConvolutionBackpropData is not fitted"
