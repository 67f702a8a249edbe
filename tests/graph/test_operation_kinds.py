"""The table of operation types, and what tells its members apart."""

import ast
from pathlib import Path

import pytest

from openpot.config.hardware import load_hardware_table
from openpot.graph import operation_kinds as kinds
from openpot.graph.operation_kinds import is_depthwise, is_product_of_activations
from openpot.legacy import operation_lists
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
    ("name", "expected"), [("depth", True), ("multiplied", False), ("grouped", False), ("conv", False)]
)
def test_a_depthwise_convolution_has_one_channel_in_and_one_out_of_every_group(name, expected):
    assert is_depthwise(GRAPH, GRAPH[name]) is expected


def test_a_product_of_activations_has_no_constant_factor():
    assert is_product_of_activations(GRAPH, GRAPH["product"])
    assert not is_product_of_activations(GRAPH, GRAPH["weighted"])
    assert not is_product_of_activations(GRAPH, GRAPH["conv"])


def test_pots_lists_are_those_of_the_table():
    def names(entries):
        return {entry["type"] for entry in entries}

    assert names(operation_lists.QUANTIZE_AGNOSTIC_OPERATIONS) == kinds.POT_AGNOSTIC
    assert names(operation_lists.OPERATIONS_WITH_WEIGHTS) == kinds.MAC_OPERATIONS
    assert names(operation_lists.CONCAT_UNIFY_OUTPUTS) | {"GroupConvolution"} == {
        *kinds.OPERATIONS_WITH_BIAS,
        "ConvolutionBackpropData",
    }


@pytest.mark.parametrize("device", ["CPU", "GPU", "NPU", "GNA"])
def test_hardware_tables_take_no_other_operations_for_agnostic(device):
    assert set(load_hardware_table(device).agnostic) <= kinds.POT_AGNOSTIC


def test_what_moves_int8_data_is_where_quantizers_move():
    """What the CPU moves as INT8 data is in POT's list, apart from operations that POT did not know."""
    assert {"Slice", "SpaceToBatch", "BatchToSpace"} == kinds.INT8_MOVING - kinds.POT_AGNOSTIC
    assert kinds.REORDERINGS <= kinds.INT8_MOVING & kinds.POT_AGNOSTIC


def literals(tree):
    """The texts in each set, tuple, list and in the keys of each dictionary of a file."""
    for node in ast.walk(tree):
        entries = getattr(node, "elts", getattr(node, "keys", ())) if isinstance(node, ast.expr) else ()
        yield {entry.value for entry in entries if isinstance(entry, ast.Constant)}


def test_no_other_file_lists_the_operations_that_multiply_and_accumulate():
    source = Path(kinds.__file__).parents[1]
    allowed = {
        "graph/operation_kinds.py",
        "legacy/operation_lists.py",
        "graph/multiplications.py",
    }  # a formula for each
    for path in source.rglob("*.py"):
        if path.relative_to(source).as_posix() not in allowed:
            lists = [texts for texts in literals(ast.parse(path.read_text())) if texts >= kinds.MAC_OPERATIONS]
            assert not lists, path
