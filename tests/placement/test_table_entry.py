import pytest

from openpot.config.hardware import load_hardware_table
from openpot.config.target_devices import find_target_device
from openpot.placement.mac_table import build_mac_table
from openpot.placement.table_entry import DEPTHWISE, PRODUCT_OF_ACTIVATIONS, find_table_entry, same_type
from snapshot_text import snapshot_from_text

GRAPH = snapshot_from_text("""
data = Parameter 1x8x4x4
w_depth = Constant 8x1x1x3x3
w_multiplied = Constant 8x2x1x3x3
w_grouped = Constant 2x4x4x3x3
w = Constant 8x8x3x3
depth = GroupConvolution(data, w_depth)
multiplied = GroupConvolution(data, w_multiplied) 1x16x4x4
grouped = GroupConvolution(data, w_grouped)
conv = Convolution(data, w)
weighted = MatMul(data, w)
product = MatMul(data, conv)
""")


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("ReLU", "Relu", True),
        ("SoftMax", "Softmax", True),
        ("Const", "Constant", True),
        ("Add", "Multiply", False),
        ("Convolution", "GroupConvolution", False),
    ],
)
def test_the_spellings_of_a_type(left, right, same):
    assert same_type(left, right) is same


@pytest.mark.parametrize(
    ("device", "name", "entry"),
    [
        ("CPU", "depth", DEPTHWISE),
        ("CPU", "grouped", "Convolution"),
        ("GNA", "depth", "Convolution"),
        ("CPU", "product", "MatMul"),
    ],
)
def test_the_entry_of_a_table(device, name, entry):
    assert find_table_entry(load_hardware_table(device), GRAPH, GRAPH[name]).type == entry


def test_openpots_own_table_tells_products_of_activations_apart():
    table = build_mac_table(load_hardware_table("CPU"), find_target_device("CPU"))
    assert find_table_entry(table, GRAPH, GRAPH["product"]).type == PRODUCT_OF_ACTIVATIONS
    assert find_table_entry(table, GRAPH, GRAPH["weighted"]).type == "MatMul"


def test_operations_outside_the_table_have_no_entry():
    assert find_table_entry(load_hardware_table("CPU"), GRAPH, GRAPH["data"]) is None
