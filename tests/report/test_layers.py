"""Plan and executed graph side by side."""

import pytest

from openpot.measure.executed_graph import Arithmetic, ExecutedGraph, ExecutedOperation
from openpot.measure.work import Work
from openpot.placement.plan import OperationDecision, QuantizationPlan
from openpot.report.layers import describe_layers


def plan(*decisions):
    return QuantizationPlan("CPU", "openpot", (), decisions)


CONV = OperationDecision("conv", "Convolution", True, "weights and input are quantized")
HEAD = OperationDecision("head", "MatMul", False, "named in the ignored scope")
INT8 = ExecutedOperation("conv", "Convolution", "u8", "brgconv_avx512_I8")
UNPACKED = ExecutedOperation("conv", "FullyConnected", "i8", "any_f32", ("f32", "i8"))
FLOAT = ExecutedOperation("conv", "Convolution", "f32", "jit_avx2_f32")


@pytest.mark.parametrize(
    ("decision", "operations", "expected"),
    [
        (CONV, {"conv": INT8}, ("u8", True, "weights and input are quantized")),
        (CONV, {"conv": FLOAT}, ("f32", False, "prepared for INT8, but the device computes it in f32 (jit_avx2_f32)")),
        (CONV, {}, (None, False, "weights and input are quantized; the executed graph does not name it")),
        (HEAD, {}, (None, False, "named in the ignored scope")),
        (HEAD, {"head": FLOAT}, ("f32", False, "named in the ignored scope")),
        (HEAD, {"head": INT8}, ("u8", True, "named in the ignored scope")),
        (
            CONV,
            {"conv": UNPACKED},
            ("f32", False, "prepared for INT8, but the device unpacks its weights and computes it in f32 (any_f32)"),
        ),
    ],
    ids=[
        "as-planned",
        "fell-back",
        "not-named",
        "left-out-and-not-named",
        "left-out",
        "integer-all-the-same",
        "weights-alone",
    ],
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


def test_operations_that_the_plan_does_not_speak_of_are_listed_with_their_work():
    work = {
        "head": Work("MatMul", 10.0),
        "loop|fc": Work("MatMul", 80.0, is_in_body=True),
        "sum": Work("Einsum", 5.0),
        "if|then|packed": Work("MatMul", 5.0, is_in_body=True, has_packed_weights=True),
    }
    layers = {one.operation: one for one in describe_layers(plan(HEAD), ExecutedGraph({"head": INT8}), work)}
    assert list(layers) == ["head", "loop|fc", "sum", "if|then|packed"]
    assert layers["loop|fc"].reason == "stays in float: bodies of loops and conditions are not calibrated"
    assert "Einsum is not quantized" in layers["sum"].reason
    assert [one.arithmetic for one in layers.values()] == [
        Arithmetic.INT8,
        Arithmetic.FLOAT,
        Arithmetic.FLOAT,
        Arithmetic.WEIGHT_ONLY,
    ]
    assert sum(one.multiplications for one in layers.values()) == 100


def test_what_was_prepared_and_is_not_named_is_not_known():
    (layer,) = describe_layers(plan(CONV), ExecutedGraph({}), {"conv": Work("Convolution", 1.0)})
    assert layer.arithmetic is None
