"""A model written in half precision computes the same in f32, and keeps its types at the borders."""

import numpy as np
import pytest

import openvino as ov
from openpot.graph.read import read_model
from openpot.inference.compile import compile_model
from openpot.rewrites.single_precision import SinglePrecisionResult, compute_in_single_precision
from openvino import opset13 as op
from toy_models import if_model, loop_model, normal, run, tiny_cnn

TYPES = {"f16": ov.Type.f16, "bf16": ov.Type.bf16, "f64": ov.Type.f64}


def half_constant(values, kind, name):
    return op.constant(values, dtype=TYPES[kind], name=name)


def half_network(kind, *, converts=False):
    """x[1,3,8,8] -> conv -> ReLU -> mean -> y, all in one type; ``converts`` adds f32 arithmetic in the middle."""
    rng = np.random.default_rng(0)
    x = op.parameter([1, 3, 8, 8], TYPES[kind], name="x")
    weights = half_constant(normal(rng, 4, 3, 3, 3), kind, "w")
    y = op.relu(op.convolution(x, weights, [1, 1], [1, 1], [1, 1], [1, 1], name="conv"), name="relu")
    if converts:
        wide = op.convert(y, ov.Type.f32, name="wide")
        y = op.convert(op.tanh(wide, name="tanh"), TYPES[kind], name="narrow")
    y = op.reduce_mean(y, op.constant([2, 3]), False, name="mean")
    y.output(0).get_tensor().set_names({"y"})
    return read_model(ov.Model([op.result(y, name="result")], [x], "half"))


def answer(model, sample):
    return np.array(compile_model(model, "CPU")([sample])[0], np.float32)


def types_of(model):
    return {node.get_friendly_name(): node.get_output_element_type(0).to_string() for node in model.get_ops()}


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("converts", [False, True])
def test_the_arithmetic_is_f32_and_the_borders_are_as_before(kind, converts):
    model = half_network(kind, converts=converts)
    before = model.clone()
    assert compute_in_single_precision(model).changed
    types = types_of(model)
    assert {types[name] for name in ("w", "conv", "relu", "mean")} == {"f32"}
    taken = "f32" if kind == "f64" else kind
    assert [port.get_element_type().to_string() for port in (*model.inputs, *model.outputs)] == [taken, kind]
    assert model.output(0).get_names() == {"y"}
    sample = normal(np.random.default_rng(1), 1, 3, 8, 8)
    np.testing.assert_allclose(answer(model, sample), answer(before, sample), rtol=0.02, atol=0.01)


@pytest.mark.parametrize("kind", TYPES)
def test_weights_keep_their_values(kind):
    model = half_network(kind)
    weights = next(node for node in model.get_ops() if node.get_friendly_name() == "w")
    expected = weights.get_data(dtype=np.float32)
    compute_in_single_precision(model)
    found = next(node for node in model.get_ops() if node.get_friendly_name() == "w")
    np.testing.assert_array_equal(found.data, expected)


def test_done_twice_changes_nothing_more():
    model = half_network("f16")
    assert compute_in_single_precision(model).changed
    assert not compute_in_single_precision(model).changed


@pytest.mark.parametrize("make", [tiny_cnn, if_model, loop_model])
def test_models_in_f32_stay_as_they_are(make):
    model = make()
    before = types_of(model)
    assert compute_in_single_precision(model) == SinglePrecisionResult()
    assert types_of(model) == before


def test_half_precision_at_the_borders_alone_stays_as_it_is():
    x = op.parameter([1, 3], ov.Type.f16, name="x")
    weights = op.convert(half_constant(np.eye(3, dtype=np.float32), "f16", "w"), ov.Type.f32, name="w32")
    y = op.matmul(op.convert(x, ov.Type.f32, name="x32"), weights, False, False, name="fc")
    model = ov.Model([op.result(op.convert(y, ov.Type.f16, name="y16"), name="result")], [x], "borders")
    before = types_of(model)
    assert compute_in_single_precision(model) == SinglePrecisionResult()
    assert types_of(model) == before


@pytest.mark.parametrize("kind", ["f16", "f64"])
@pytest.mark.parametrize("through", [True, False])
def test_bodies_get_the_type_they_had(kind, through):
    own_type = TYPES[kind]
    condition = op.parameter([], np.bool_, name="cond")
    x = op.parameter([1, 3], own_type, name="x")
    scaled = op.multiply(x, half_constant(np.array([2.0], np.float32), kind, "two"), name="scaled")

    def body(make):
        inside = op.parameter([1, 3], own_type, name="p")
        answer = op.result(make(inside, half_constant(np.array([1.0], np.float32), kind, "k"), name="inner"))
        return ov.Model([answer], [inside], "body"), inside, answer

    (then_body, then_in, then_out), (else_body, else_in, else_out) = body(op.add), body(op.subtract)
    choice = op.if_op(condition.output(0))
    choice.set_friendly_name("choice")
    choice.set_then_body(then_body)
    choice.set_else_body(else_body)
    choice.set_input((scaled if through else x).output(0), then_in, else_in)
    y = op.add(choice.set_output(then_out, else_out), scaled, name="sum")
    model = ov.Model([op.result(y, name="result")], [condition, x], "branches")
    before = model.clone()
    assert compute_in_single_precision(model).changed
    assert (types_of(model)["choice"], types_of(model)["sum"]) == (kind, "f32")
    given = [np.array(True), np.array([[1.0, 2.0, 3.0]], np.float32)]
    np.testing.assert_array_equal(run(model, *given)[0], run(before, *given)[0])


def test_inputs_of_f64_are_named():
    x, other = op.parameter([1, 3], ov.Type.f64, name="x"), op.parameter([1, 3], ov.Type.f32, name="other")
    y = op.add(op.convert(x, ov.Type.f32), other, name="sum")
    model = ov.Model([op.result(y)], [x, other], "doubles")
    assert compute_in_single_precision(model) == SinglePrecisionResult(True, ("x",))
    assert types_of(model)["x"] == "f32"
