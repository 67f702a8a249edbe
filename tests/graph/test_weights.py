import numpy as np
import pytest

import openvino as ov
from openpot.errors import ModelError
from openpot.graph.node_index import NodeIndex
from openpot.graph.snapshot import NodeRecord
from openpot.graph.tensor_id import TensorId
from openpot.graph.weights import constant_array, constant_value, is_constant, weight_channel_axes
from openvino import opset13 as op
from toy_models import tiny_cnn

VALUES = np.array([[0.0, 1.0, 2.0], [-1.0, 3.0, 4.0]])
SIGNED = ["f64", "f32", "f16", "bf16", "f8e4m3", "f8e5m2", "i64", "i32", "i16", "i8", "i4"]


@pytest.mark.parametrize("element_type", SIGNED)
def test_values_of_every_element_type_are_decoded(element_type):
    node = op.constant(VALUES, dtype=getattr(ov.Type, element_type))
    assert constant_value(tiny_cnn(), node).tolist() == VALUES.tolist()
    assert constant_value(tiny_cnn(), node).dtype == np.float32


def test_values_are_read_through_conversions_and_arithmetic_of_constants():
    packed = op.constant(VALUES, dtype=ov.Type.i8)
    scaled = op.multiply(op.convert(packed, ov.Type.f32), op.constant(np.array([[0.5], [2]], np.float32)))
    turned = op.transpose(scaled, op.constant(np.array([1, 0])))
    assert constant_value(tiny_cnn(), turned.output(0)).tolist() == (VALUES * [[0.5], [2]]).T.tolist()


@pytest.mark.parametrize("element_type", ["bf16", "i4"])
def test_computed_values_of_packed_types_are_decoded(element_type):
    turned = op.transpose(op.constant(VALUES, dtype=getattr(ov.Type, element_type)), op.constant(np.array([1, 0])))
    assert constant_value(tiny_cnn(), turned).tolist() == VALUES.T.tolist()


def test_raw_values_keep_their_type():
    assert constant_array(op.constant(np.array([1, 2], np.int64)).output(0)).dtype == np.int64


def test_reading_a_value_leaves_no_trace_in_the_graph():
    model = tiny_cnn()
    index = NodeIndex(model)
    before = len(index.output(TensorId("conv1_w")).get_target_inputs())
    constant_value(index, TensorId("conv1_w"))
    assert len(index.output(TensorId("conv1_w")).get_target_inputs()) == before


def test_a_tensor_is_named_in_four_ways():
    model = tiny_cnn()
    index = NodeIndex(model)
    node = index.node("fc_b")
    values = [constant_value(model, where) for where in ("fc_b", TensorId("fc_b"), node, node.output(0))]
    assert all(value.shape == (1, 5) and np.array_equal(value, values[0]) for value in values)


def test_a_tensor_that_depends_on_the_input_has_no_value():
    model = tiny_cnn()
    assert not is_constant(NodeIndex(model).output(TensorId("relu1")))
    with pytest.raises(ModelError, match="'relu1' is not a constant"):
        constant_value(model, "relu1")


AXES = {
    "convolution": ("Convolution", {}, 4, 1, (0,)),
    "grouped convolution": ("GroupConvolution", {}, 5, 1, (0, 1)),
    "transposed convolution": ("ConvolutionBackpropData", {}, 4, 1, (1,)),
    "grouped transposed convolution": ("GroupConvolutionBackpropData", {}, 5, 1, (0, 2)),
    "matmul": ("MatMul", {"transpose_b": False}, 2, 1, (1,)),
    "matmul transposed": ("MatMul", {"transpose_b": True}, 2, 1, (0,)),
    "batched matmul": ("MatMul", {"transpose_b": False}, 3, 1, (2,)),
    "batched matmul transposed": ("MatMul", {"transpose_b": True}, 3, 1, (1,)),
    "matmul on port 0": ("MatMul", {"transpose_a": False, "transpose_b": True}, 2, 0, (0,)),
    "matmul on port 0 transposed": ("MatMul", {"transpose_a": True}, 3, 0, (2,)),
    "matmul by a vector": ("MatMul", {"transpose_b": True}, 1, 1, ()),
    "lstm weights": ("LSTMSequence", {}, 3, 4, (0, 1)),
    "lstm bias": ("LSTMSequence", {}, 2, 6, (0, 1)),
    "lstm cell": ("LSTMCell", {}, 2, 3, (0,)),
    "embedding": ("Gather", {}, 2, 0, (0,)),
}


@pytest.mark.parametrize(("kind", "attributes", "rank", "port", "axes"), AXES.values(), ids=AXES)
def test_channel_axes_are_those_that_no_sum_runs_over(kind, attributes, rank, port, axes):
    record = NodeRecord("op", kind, attributes=attributes)
    assert weight_channel_axes(record, (2,) * rank, port) == axes


@pytest.mark.parametrize(
    ("shape", "axes"), [((1, 8, 1, 1), (1,)), ((8,), (0,)), ((), ()), ((1, 1), ()), ((2, 8), ())], ids=str
)
def test_constants_of_element_wise_operations_have_one_channel_axis_or_none(shape, axes):
    assert weight_channel_axes(NodeRecord("scale", "Multiply"), shape) == axes


@pytest.mark.parametrize(
    ("transpose_a", "transpose_b", "port"), [(a, b, p) for a in (0, 1) for b in (0, 1) for p in (0, 1)]
)
def test_scaling_a_matmul_constant_along_its_channels_scales_the_output_alike(transpose_a, transpose_b, port):
    rng = np.random.default_rng(0)
    a = rng.standard_normal((4, 3) if transpose_a else (3, 4))
    b = rng.standard_normal((5, 4) if transpose_b else (4, 5))
    product = (a.T if transpose_a else a) @ (b.T if transpose_b else b)
    record = NodeRecord("fc", "MatMul", attributes={"transpose_a": transpose_a, "transpose_b": transpose_b})
    constant = b if port else a
    (axis,) = weight_channel_axes(record, constant.shape, port)
    scale = rng.uniform(1, 2, constant.shape[axis])
    scaled = constant * np.expand_dims(scale, 1 - axis)
    a, b = (a, scaled) if port else (scaled, b)
    answer = (a.T if transpose_a else a) @ (b.T if transpose_b else b)
    np.testing.assert_allclose(answer, product * (scale if port else scale[:, None]))
