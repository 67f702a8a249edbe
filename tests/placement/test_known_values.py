import pytest

from openpot.placement.known_values import find_shape_operations, has_known_input, is_known
from snapshot_text import snapshot_from_text

GRAPH = snapshot_from_text("""
data = Parameter ?x8
axis = Constant () i64
table = Constant 100x16
shape = ShapeOf(data) 2 i64
size = Gather(shape, axis, axis) () i64
as_float = Convert(size) () f32
root = Sqrt(as_float)
scaled = Divide(data, root)
positions = Range(axis, size, axis) ? i64
embedded = Gather(table, positions, axis) ?x16 f32
sum = Add(embedded, table)
start = Slice(table, axis, size, axis, axis) ?x16 f32
repeated = Tile(table, shape) ?x? f32
number = Constant 1x1
filled = Broadcast(number, shape) ?x? f32
folded = Multiply(table, table)
""")


def test_what_is_computed_from_shapes_and_constants():
    assert find_shape_operations(GRAPH) == {"shape", "size", "as_float", "root", "positions", "filled"}


@pytest.mark.parametrize("name", ["embedded", "sum", "start", "repeated"])
def test_values_taken_from_a_table_of_floats_are_data(name):
    assert not is_known(GRAPH, name)


@pytest.mark.parametrize(
    ("name", "expected"), [("table", True), ("folded", True), ("root", True), ("scaled", False), ("data", False)]
)
def test_constants_and_computed_shapes_are_known(name, expected):
    assert is_known(GRAPH, name) is expected


def test_an_operation_with_a_known_input():
    assert has_known_input(GRAPH, GRAPH["scaled"])
    assert not has_known_input(GRAPH, GRAPH["shape"])
