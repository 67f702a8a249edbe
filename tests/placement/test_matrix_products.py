"""What becomes integer of a matrix product, by the processor and the number of rows."""

import pytest

from openpot.config.ignored_scope import IgnoredScope
from openpot.placement.matrix_products import choose_product_form
from openpot.placement.place import PlacementRequest, plan_quantization
from snapshot_text import snapshot_from_text

TEXT = """
data = Parameter {shape}
w = Constant 8x16
other = Sigmoid(data)
product = MatMul(data, {factor}) {out} transpose_b=True
"""


def form(shape, out, factor="w", is_slow=True):
    snapshot = snapshot_from_text(TEXT.format(shape=shape, out=out, factor=factor))
    return str(choose_product_form(snapshot, snapshot["product"], is_slow))


@pytest.mark.parametrize(
    ("shape", "out", "expected"),
    [
        ("1x16", "1x8", "weights"),
        ("?x16", "?x8", "weights"),
        ("16x16", "16x8", "weights"),
        ("17x16", "17x8", "float"),
        ("1x64x16", "1x64x8", "float"),
        ("?x4x16", "?x4x8", "weights"),
        ("1x?x16", "1x?x8", "float"),
    ],
)
def test_few_rows_take_integer_weights_and_many_stay_in_float(shape, out, expected):
    assert form(shape, out) == expected


def test_fast_processors_multiply_integers_whatever_the_rows():
    assert form("1x64x16", "1x64x8", is_slow=False) == form("1x16", "1x8", is_slow=False) == "integer"


def test_products_of_activations_stay_in_float():
    assert form("4x16", "4x4", factor="other") == "float"


def planned(shape, out):
    snapshot = snapshot_from_text(TEXT.format(shape=shape, out=out, factor="w"))
    request = PlacementRequest("CPU", ignored=IgnoredScope(), has_int8_saturation=True, has_slow_int8_products=True)
    return plan_quantization(snapshot, request)


def test_integer_weights_alone_are_quantized_without_any_bound_and_the_decision_says_so():
    plan = planned("1x16", "1x8")
    (weights,) = plan.quantizers
    assert (weights.kind, weights.pairs_along, weights.halve_weights) == ("weights", None, False)
    (decision,) = plan.decisions
    assert not decision.quantized
    assert decision.reason.startswith("stays in float: only its weights are stored as integers")


def test_a_product_with_many_rows_gets_no_quantizer_and_the_decision_says_why():
    plan = planned("1x64x16", "1x64x8")
    assert not plan.quantizers
    assert "no faster than float" in plan.decisions[0].reason
