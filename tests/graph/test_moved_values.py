import pytest

from openpot.placement.silent_operations import is_silent, keeps_channels
from snapshot_text import snapshot_from_text

START = """
data = Parameter 1x8x4x4
k = Constant 4 i64
table = Constant 10x8
zero = Constant () value=0.0
one = Constant () value=1.0
unsaid = Constant ()
"""


@pytest.mark.parametrize(
    ("line", "silent"),
    [
        ("x = MaxPool(data)", True),
        ("x = Transpose(data, k)", True),
        ("x = Gather(data, k, k)", True),
        ("x = Gather(table, k, k)", False),
        ("x = Concat(data, data)", True),
        ("x = Concat(data, table)", False),
        ("x = Pad(data, k, k) pad_mode=constant", True),
        ("x = Pad(data, k, k, zero) pad_mode=constant", True),
        ("x = Pad(data, k, k, one) pad_mode=constant", False),
        ("x = Pad(data, k, k, unsaid) pad_mode=constant", False),
        ("x = Pad(data, k, k) pad_mode=reflect", True),
        ("x = Interpolate(data, k) mode=nearest", True),
        ("x = Interpolate(data, k) mode=linear_onnx", False),
        ("x = Tile(data, k)", False),
        ("x = Clamp(data)", False),
        ("x = Relu(data)", False),
        ("x = AvgPool(data)", False),
        ("x = Softmax(data)", False),
    ],
)
def test_what_moves_int8_data_as_they_are(line, silent):
    graph = snapshot_from_text(START + line)
    assert is_silent(graph, graph["x"]) is silent


@pytest.mark.parametrize(("kind", "kept"), [("MaxPool", True), ("Pad", True), ("Reshape", False), ("Concat", False)])
def test_what_keeps_channels(kind, kept):
    graph = snapshot_from_text(START + f"x = {kind}(data)")
    assert keeps_channels(graph["x"]) is kept
