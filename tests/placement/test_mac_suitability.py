import pytest

from openpot.config.target_devices import find_target_device
from openpot.placement.mac_suitability import VECTOR_PRODUCT, explain_float, find_stored_type
from snapshot_text import snapshot_from_text

START = """
data = Parameter 1x8x4x4
ints = Parameter 1x8x4x4 i64
vector = Parameter 8
w = Constant 8x8x1x1
flat = Constant 8x8
line = Constant 8
single = Constant 1x1x1x1
odd = Constant ...
coded = Constant 8x8 i8
scale = Constant 8x1
float = Convert(coded) f32
scaled = Multiply(float, scale) 8x8
shape = ShapeOf(data) 4 i64
shape_float = Convert(shape) 4 f32
"""


@pytest.mark.parametrize(
    ("line", "device", "reason"),
    [
        ("x = Convolution(data, w)", "CPU", None),
        ("x = GroupConvolution(data, w)", "CPU", None),
        ("x = ConvolutionBackpropData(data, w)", "CPU", None),
        ("x = MatMul(data, flat)", "CPU", None),
        ("x = MatMul(data, data)", "CPU", None),
        ("x = MatMul(flat, data)", "GPU", None),
        ("x = GroupConvolutionBackpropData(data, w)", "NPU", None),
        ("x = GroupConvolutionBackpropData(data, w)", "CPU", "the CPU runs grouped transposed convolutions in float"),
        ("x = MatMul(flat, data)", "CPU", "the CPU runs a product whose first factor is constant in float"),
        ("x = Convolution(data, data)", "CPU", "its weights are not constant, and no device runs that in INT8"),
        ("x = MatMul(ints, ints)", "CPU", "its data are of type i64"),
        ("x = MatMul(data, vector)", "CPU", VECTOR_PRODUCT),
        ("x = MatMul(vector, flat)", "CPU", VECTOR_PRODUCT),
        ("x = MatMul(data, line)", "CPU", "its weights are a vector, which is no faster in INT8"),
        ("x = Convolution(data, single)", "CPU", "its weights are a single number"),
        ("x = Convolution(data, odd)", "CPU", "the shape of its weights is not known"),
        ("x = MatMul(data, scaled)", "CPU", "its weights are stored as i8 already"),
        ("x = MatMul(shape_float, flat)", "CPU", "it computes with shapes"),
        ("x = MatMul(data, shape_float)", "CPU", "one of its inputs is computed from shapes"),
    ],
)
def test_why_an_operation_stays_in_float(line, device, reason):
    graph = snapshot_from_text(START + line)
    assert explain_float(graph, graph["x"], find_target_device(device)) == reason


def test_other_operations_are_no_question():
    graph = snapshot_from_text(START)
    with pytest.raises(ValueError, match="Parameter does not multiply"):
        explain_float(graph, graph["data"], find_target_device("CPU"))


def test_the_stored_type_is_looked_for_behind_conversions():
    graph = snapshot_from_text(START)
    assert find_stored_type(graph, "scaled") == "i8"
    assert find_stored_type(graph, "w") is None
