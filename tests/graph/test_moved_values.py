import pytest

from openpot.graph.moved_values import find_origin, is_integer, keeps_channels, preserves_precision
from openpot.graph.operation_kinds import REORDERINGS
from openpot.graph.tensor_id import TensorId
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
    ("line", "preserved"),
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
def test_what_moves_int8_data_as_they_are(line, preserved):
    graph = snapshot_from_text(START + line)
    assert preserves_precision(graph, graph["x"]) is preserved


@pytest.mark.parametrize(("kind", "kept"), [("MaxPool", True), ("Pad", True), ("Reshape", False), ("Concat", False)])
def test_what_keeps_channels(kind, kept):
    graph = snapshot_from_text(START + f"x = {kind}(data)")
    assert keeps_channels(graph["x"]) is kept


@pytest.mark.parametrize("kind", ["MaxPool", "ReduceMax"])
@pytest.mark.parametrize(
    ("lines", "preserved"),
    [
        ("pad = Pad(data, k, k, low) pad_mode=constant", False),
        ("pad = Pad(data, k, k, minus) pad_mode=constant", False),
        ("pad = Pad(data, k, k, unsaid) pad_mode=constant", False),
        ("pad = Pad(data, k, k, zero) pad_mode=constant", True),
        ("pad = Pad(data, k, k, low) pad_mode=edge", True),
        ("inner = Pad(data, k, k, low) pad_mode=constant\npad = Reshape(inner, k)", False),
        ("inner = Pad(data, k, k, low) pad_mode=constant\npad = MaxPool(inner)", True),
    ],
)
def test_the_largest_of_values_and_fillers_is_quantized_afterwards(kind, lines, preserved):
    fillers = "low = Constant () value=-1e9\nminus = Constant () value=-inf"
    graph = snapshot_from_text(f"{START}{fillers}\n{lines}\nx = {kind}(pad)")
    assert preserves_precision(graph, graph["x"]) is preserved


CHAIN = """
data = Parameter 1x8x4x4
k = Constant 4 i64
fq = FakeQuantize(data, k, k, k, k) levels=256
wide = FakeQuantize(data, k, k, k, k) levels=65536
moved = Transpose(fq, k)
sliced = Slice(moved, k, k, k)
pooled = MaxPool(sliced)
split = Split(pooled, k) 1x4x4x4|1x4x4x4
both = Concat(split.1, moved)
mixed = Concat(fq, data)
tiled = Tile(fq, k)
active = Relu(moved)
"""


@pytest.mark.parametrize(
    ("start", "origin"), [("moved", "fq"), ("pooled", "sliced"), ("both", "sliced"), ("active", "active"), ("fq", "fq")]
)
def test_the_walk_goes_up_the_first_inputs(start, origin):
    assert find_origin(snapshot_from_text(CHAIN), TensorId(start)) == TensorId(origin)


def test_the_walk_passes_what_it_is_told_to_pass():
    graph = snapshot_from_text(CHAIN)
    assert find_origin(graph, TensorId("both"), REORDERINGS) == TensorId("both")
    assert find_origin(graph, TensorId("pooled"), {"MaxPool", "Slice"}) == TensorId("moved")


def test_the_walk_keeps_the_port():
    graph = snapshot_from_text(CHAIN + "back = Reshape(split.1, k)")
    assert find_origin(graph, TensorId("back"), REORDERINGS) == TensorId("split", 1)


@pytest.mark.parametrize(
    ("tensor", "expected"),
    [
        ("fq", True),
        ("wide", False),
        ("data", False),
        ("moved", True),
        ("both", True),
        ("mixed", False),
        ("tiled", True),
        ("active", False),
    ],
)
def test_integers_come_from_quantizers_of_at_most_8_bits_all_of_them(tensor, expected):
    assert is_integer(snapshot_from_text(CHAIN), TensorId(tensor)) is expected
