"""Plan and executed graph side by side."""

import pytest

from openpot.measure.executed_graph import ExecutedGraph, ExecutedOperation
from openpot.placement.plan import OperationDecision, QuantizationPlan
from openpot.report.layers import describe_layers


def plan(*decisions):
    return QuantizationPlan("CPU", "openpot", (), decisions)


CONV = OperationDecision("conv", "Convolution", True, "weights and input are quantized")
HEAD = OperationDecision("head", "MatMul", False, "named in the ignored scope")
INT8 = ExecutedOperation("conv", "Convolution", "u8", "brgconv_avx512_I8")
FLOAT = ExecutedOperation("conv", "Convolution", "f32", "jit_avx2_f32")


@pytest.mark.parametrize(
    ("decision", "operations", "expected"),
    [
        (CONV, {"conv": INT8}, ("u8", True, "weights and input are quantized")),
        (CONV, {"conv": FLOAT}, ("f32", False, "prepared for INT8, but the device computes it in f32 (jit_avx2_f32)")),
        (CONV, {}, (None, False, "weights and input are quantized; the executed graph does not name it")),
        (HEAD, {"head": FLOAT}, ("f32", False, "named in the ignored scope")),
        (HEAD, {"head": INT8}, ("u8", True, "named in the ignored scope")),
    ],
    ids=["as-planned", "fell-back", "not-named", "left-out", "integer-all-the-same"],
)
def test_record_tells_what_runs_and_why(decision, operations, expected):
    (layer,) = describe_layers(plan(decision), ExecutedGraph(operations))
    assert (layer.precision, layer.is_integer, layer.reason) == expected


def test_without_the_device_nothing_is_said_about_precision():
    (layer,) = describe_layers(plan(CONV), None)
    assert (layer.precision, layer.is_integer, layer.reason) == (None, False, CONV.reason)


def test_only_layers_that_multiply_and_accumulate_are_listed_in_the_order_of_the_plan():
    add = OperationDecision("add", "Add", True, "")
    assert [layer.operation for layer in describe_layers(plan(HEAD, add, CONV), None)] == ["head", "conv"]
