"""What of a matrix product becomes integer, on processors that add pairs of products in 16 bits and on others."""

import pytest

from openpot.rewrites.matrix_products import FEW_ROWS, product_form
from snapshot_text import snapshot_from_text


def form(data, weights, adds_pairs=True, options="", inputs="x, w"):
    snapshot = snapshot_from_text(f"x = Parameter {data}\nw = {weights}\nfc = MatMul({inputs}) 1x1 {options}")
    return str(product_form(snapshot, snapshot["fc"], adds_pairs))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("1x64", "weights"),
        (f"{FEW_ROWS}x64", "weights"),
        (f"{FEW_ROWS + 1}x64", "float"),
        ("1x4x4x64", "weights"),
        ("1x197x64", "float"),
        ("?x64", "weights"),
        ("?x?x64", "float"),
        ("...", "float"),
    ],
)
def test_the_number_of_rows_decides(data, expected):
    assert form(data, "Constant 64x32") == expected


def test_rows_of_transposed_data_are_its_columns():
    assert form("64x4", "Constant 64x32", options="transpose_a=true") == "weights"
    assert form("4x64", "Constant 4x32", options="transpose_a=true") == "float"


@pytest.mark.parametrize("data", ["1x64", "1x197x64", "..."])
def test_other_processors_multiply_integers(data):
    assert form(data, "Constant 64x32", adds_pairs=False) == "integer"


def test_products_of_activations_and_constants_at_the_left_stay_in_float():
    assert form("1x64", "Parameter 64x32") == "float"
    assert form("64x4", "Constant 8x64", inputs="w, x") == "float"


def test_convolutions_are_integer_everywhere():
    snapshot = snapshot_from_text("x = Parameter 1x3x4x4\nw = Constant 8x3x1x1\nop = Convolution(x, w) 1x8x4x4")
    assert str(product_form(snapshot, snapshot["op"], True)) == "integer"
