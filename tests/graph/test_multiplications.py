import numpy as np
import pytest

import openvino as ov
from openpot.graph.multiplications import NOMINAL_SIZE, count_all_multiplications, count_multiplications
from openpot.graph.snapshot_model import snapshot_from_model
from openvino import opset13 as op
from toy_models import if_model, loop_model, tiny_cnn


def constant(*shape):
    return op.constant(np.ones(shape, np.float32))


def parameter(*shape):
    return op.parameter(ov.PartialShape(list(shape)), np.float32, name="x")


def recurrent(kind, steps, size=8, hidden=16, ways=1):
    gates = {"lstm": 4, "gru": 3, "rnn": 1}[kind]
    x, state = parameter(2, steps, size), constant(2, ways, hidden)
    direction = "bidirectional" if ways == 2 else "forward"
    lengths = op.constant(np.array([steps, steps]))
    rows = gates * hidden
    parts = (constant(ways, rows, size), constant(ways, rows, hidden), constant(ways, rows))
    if kind == "lstm":
        return op.lstm_sequence(x, state, state, lengths, *parts, hidden, direction)
    if kind == "gru":
        return op.gru_sequence(x, state, lengths, *parts, hidden, direction)
    return op.rnn_sequence(x, state, lengths, *parts, hidden, direction)


def deformable():
    offsets = op.constant(np.zeros((1, 18, 6, 6), np.float32))
    return op.deformable_convolution(
        parameter(1, 4, 8, 8), offsets, constant(5, 4, 3, 3), [1, 1], [0, 0], [0, 0], [1, 1]
    )


CASES = {
    "convolution": (
        lambda: op.convolution(parameter(1, 4, 8, 8), constant(5, 4, 3, 3), [1, 1], [0, 0], [0, 0], [1, 1]),
        5 * 36 * 4 * 9,
    ),
    "grouped": (
        lambda: op.group_convolution(parameter(1, 4, 8, 8), constant(2, 3, 2, 3, 3), [1, 1], [0, 0], [0, 0], [1, 1]),
        6 * 36 * 2 * 9,
    ),
    "transposed": (
        lambda: op.convolution_backprop_data(parameter(1, 4, 8, 8), constant(4, 5, 2, 2), [2, 2]),
        4 * 64 * 5 * 4,
    ),
    "grouped transposed": (
        lambda: op.group_convolution_backprop_data(parameter(1, 4, 8, 8), constant(2, 2, 3, 2, 2), [2, 2]),
        4 * 64 * 3 * 4,
    ),
    "deformable": (deformable, 5 * 36 * 4 * 9),
    "product": (lambda: op.matmul(parameter(2, 6, 8), constant(8, 3), False, False), 2 * 6 * 3 * 8),
    "product of a transposed matrix": (lambda: op.matmul(parameter(8, 6), constant(8, 3), True, False), 6 * 3 * 8),
    "dynamic product": (lambda: op.matmul(parameter(-1, 8), constant(8, 3), False, False), NOMINAL_SIZE * 3 * 8),
    "sum of products": (lambda: op.einsum([parameter(2, 3, 4), constant(4, 5)], "bij,jk->bik"), 2 * 3 * 4 * 5),
    "with dots": (lambda: op.einsum([parameter(2, 3, 4), constant(4, 5)], "...j,jk->...k"), 2 * 3 * 4 * 5),
    "dots between": (lambda: op.einsum([parameter(2, 3, 4), constant(2, 4)], "b...j,bj->b..."), 2 * 3 * 4),
    "a sum": (lambda: op.einsum([parameter(2, 3, 4)], "bij->bi"), 0),
    "lstm": (lambda: recurrent("lstm", 5), 2 * 5 * 4 * 16 * (8 + 16)),
    "gru": (lambda: recurrent("gru", 5), 2 * 5 * 3 * 16 * (8 + 16)),
    "rnn, both ways": (lambda: recurrent("rnn", 5, ways=2), 2 * 2 * 5 * 16 * (8 + 16)),
    "cell": (
        lambda: op.lstm_cell(parameter(2, 8), constant(2, 16), constant(2, 16), constant(64, 8), constant(64, 16),
                             constant(64), 16),
        2 * 64 * (8 + 16),
    ),
    "attention": (
        lambda: op.scaled_dot_product_attention(parameter(1, 2, 5, 8), constant(1, 2, 7, 8), constant(1, 2, 7, 6)),
        2 * 5 * 7 * (8 + 6),
    ),
    "addition": (lambda: op.add(parameter(2, 8), constant(2, 8)), 0),
}  # fmt: skip


@pytest.mark.parametrize(("make", "expected"), CASES.values(), ids=CASES)
def test_every_kind_of_operation_is_counted(make, expected):
    node = make()
    parameters = [one.get_node() for one in node.input_values() if one.get_node().get_type_name() == "Parameter"]
    model = ov.Model([op.result(node.output(0))], parameters, "one")
    snapshot = snapshot_from_model(model)
    assert count_multiplications(snapshot, snapshot[node.get_friendly_name()]) == expected


def test_layers_of_a_network_by_name():
    found = count_all_multiplications(tiny_cnn(channels=8))
    assert found == {"conv1": 8 * 256 * 27, "conv2": 8 * 256 * 72, "fc": 5 * 8}


def test_the_body_of_a_loop_counts_as_often_as_it_runs():
    assert count_all_multiplications(loop_model(steps=3, width=4)) == {"loop|fc": 3 * 16}


def test_a_loop_of_unknown_length_counts_once():
    model = loop_model(steps=-1, width=4)
    assert count_all_multiplications(model)["loop|fc"] == 16


def test_bodies_of_an_if_count_half_and_nothing_is_counted_where_nothing_multiplies():
    assert count_all_multiplications(if_model()) == {}
    assert count_all_multiplications(if_with_products()) == {"choice|then|product": 32, "choice|else|product": 32}


def if_with_products():
    condition = op.parameter([], np.bool_, name="cond")
    x = op.parameter([2, 4], np.float32, name="x")

    def body(name):
        inside = op.parameter([2, 4], np.float32, name="p")
        answer = op.result(op.matmul(inside, constant(4, 8), False, False, name="product"), name="r")
        return ov.Model([answer], [inside], name), inside, answer

    then_body, then_in, then_out = body("then")
    else_body, else_in, else_out = body("else")
    choice = op.if_op(condition.output(0))
    choice.set_friendly_name("choice")
    choice.set_then_body(then_body)
    choice.set_else_body(else_body)
    choice.set_input(x.output(0), then_in, else_in)
    return ov.Model([op.result(choice.set_output(then_out, else_out))], [condition, x], "if_model")


def test_what_is_computed_from_constants_or_shapes_is_not_counted():
    x = parameter(2, 8)
    folded = op.matmul(constant(8, 8), constant(8, 3), False, False, name="folded")
    model = ov.Model([op.result(op.matmul(x, folded, False, False, name="product"))], [x], "m")
    assert list(count_all_multiplications(model)) == ["product"]
