"""Where fillers are, and where they vanish."""

import pytest

from openpot.graph.fillers import has_vanishing_fillers, holds_fillers, pads_with_zero
from openpot.graph.tensor_id import TensorId
from snapshot_text import snapshot_from_text

START = """
data = Parameter 1x8x4x4
other = Parameter 1x8x4x4
flag = Parameter 1x1x4x4 boolean
k = Constant 4 i64
zero = Constant () value=0.0
small = Constant () value=-10.0
half = Constant () value=-65504.0
low = Constant () value=-1000000000.0
minus = Constant () value=-inf
unsaid = Constant ()
shaped = Reshape(low, k) 1x1x1x1
"""


def graph_of(lines):
    return snapshot_from_text(START + lines.replace("; ", "\n"))


@pytest.mark.parametrize(
    ("lines", "holds"),
    [
        ("x = Pad(data, k, k, minus) pad_mode=constant", True),
        ("x = Pad(data, k, k, small) pad_mode=constant", True),
        ("x = Pad(data, k, k, zero) pad_mode=constant", False),
        ("x = Pad(data, k, k, low) pad_mode=edge", False),
        ("x = Select(flag, data, minus)", True),
        ("x = Select(flag, half, data)", True),
        ("x = Select(flag, data, shaped)", True),
        ("x = Select(flag, data, unsaid)", True),
        ("x = Select(flag, data, zero)", False),
        ("x = Select(flag, data, small)", False),
        ("mask = Select(flag, zero, low); x = Add(data, mask)", True),
        ("mask = Convert(flag) f32; large = Multiply(mask, low); x = Add(data, large)", True),
        ("mask = Convert(flag) f32; little = Multiply(mask, small); x = Add(data, little)", False),
        ("one = Select(flag, data, minus); x = Transpose(one, k)", True),
        ("one = Select(flag, data, minus); two = PRelu(one, k); x = Concat(other, two)", True),
        ("one = Select(flag, data, minus); x = Relu(one)", False),
        ("one = Select(flag, data, minus); x = MaxPool(one)", False),
        ("one = Select(flag, data, minus); x = Softmax(one)", False),
        ("x = Add(data, other)", False),
    ],
)
def test_where_fillers_are(lines, holds):
    assert holds_fillers(graph_of(lines), TensorId("x")) is holds


def test_padding_may_count_or_not():
    graph = graph_of("x = Pad(data, k, k, minus) pad_mode=constant")
    assert not holds_fillers(graph, TensorId("x"), by_padding=False)
    assert not pads_with_zero(graph, graph["x"])


@pytest.mark.parametrize(
    ("readers", "vanish"),
    [
        ("a = MaxPool(x)", True),
        ("a = Softmax(x)", True),
        ("a = Maximum(x, zero)", True),
        ("a = TopK(x, k) 1x8x4x4|1x8x4x4", True),
        ("a = Transpose(x, k); b = ReduceMax(a, k)", True),
        ("a = Add(x, other); b = Softmax(a)", True),
        ("a = MaxPool(x); b = Convolution(x, k)", False),
        ("a = Convolution(x, k)", False),
        ("a = Result(x)", False),
    ],
)
def test_where_they_vanish(readers, vanish):
    graph = graph_of(f"x = Select(flag, data, minus); {readers}")
    assert has_vanishing_fillers(graph, TensorId("x")) is vanish


def test_tensors_without_fillers_have_none_that_vanish():
    assert not has_vanishing_fillers(graph_of("x = Add(data, other); a = MaxPool(x)"), TensorId("x"))
