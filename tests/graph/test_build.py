from types import SimpleNamespace

import numpy as np
import pytest

import openvino as ov
from openpot.errors import ModelError
from openpot.graph import build
from openpot.graph.snapshot_model import snapshot_from_model
from toy_models import run, tiny_cnn


def limits(low=-1.0, high=1.0, levels=255):
    return SimpleNamespace(input_low=low, input_high=high, output_low=low, output_high=high, levels=levels)


@pytest.mark.parametrize("element_type", ["f32", "f16", "i8", "u8", "i64", "boolean", "i4", "bf16"])
def test_constants_have_the_type_that_was_asked_for(element_type):
    node = build.constant(np.array([0.0, 1.0]), "value", element_type)
    assert node.get_element_type().to_string() == element_type
    assert node.get_friendly_name() == "value"


@pytest.mark.parametrize("shape", [(), (1,), (2, 3)], ids=str)
def test_constants_keep_their_shape(shape):
    assert tuple(build.constant(np.ones(shape), "value", "f32").shape) == shape
    assert tuple(build.constant(np.ones(shape[::-1]).T, "turned").shape) == shape


def test_a_constant_does_not_see_later_writes_to_the_array():
    values = np.ones(3, np.float32)
    node = build.constant(values, "ones")
    values[:] = 5
    assert node.data.tolist() == [1, 1, 1]


def test_a_value_that_does_not_fit_is_refused():
    data = build.parameter([2], "f16", "data").output(0)
    with pytest.raises(ModelError, match=r"'big' .*70000.* f16"):
        build.constant_like(np.array([1.0, 70000.0]), "big", data)
    assert build.constant_like(np.array([1.0]), "small", data).get_element_type() == ov.Type.f16


def test_every_constant_of_a_fake_quantize_has_a_name():
    data = build.parameter([1, 4], "f32", "data")
    node = build.fake_quantize(data.output(0), limits(), "fq")
    model = build.model([build.result(node.output(0), "out")], [data], "m")
    names = {"data", "fq", "fq/input_low", "fq/input_high", "fq/output_low", "fq/output_high", "out"}
    assert set(snapshot_from_model(model).nodes) == names
    answer = run(model, np.array([[-3, 0, 0.6, 2]], np.float32))[0]
    np.testing.assert_allclose(answer, [[-1, 0, 76 / 127, 1]], atol=1e-6)


CASES = {
    "add": (lambda a, b: build.add(a, b, "n"), lambda a, b: a + b),
    "subtract": (lambda a, b: build.subtract(a, b, "n"), lambda a, b: a - b),
    "multiply": (lambda a, b: build.multiply(a, b, "n"), lambda a, b: a * b),
    "divide": (lambda a, b: build.divide(a, b, "n"), lambda a, b: a / b),
    "absolute": (lambda a, b: build.absolute(b, "n"), lambda a, b: np.abs(b)),
    "clamp": (lambda a, b: build.clamp(b, -1, 0.5, "n"), lambda a, b: np.clip(b, -1, 0.5)),
    "convert": (lambda a, b: build.convert(b, "i32", "n"), lambda a, b: b.astype(np.int32)),
    "concat": (lambda a, b: build.concat([a, b], 1, "n"), lambda a, b: np.concatenate([a, b], 1)),
    "reshape": (lambda a, b: build.reshape(b, [3, -1], "n"), lambda a, b: b.reshape(3, -1)),
    "reduce min": (lambda a, b: build.reduce("min", b, [1], "n"), lambda a, b: b.min(1)),
    "reduce max": (lambda a, b: build.reduce("max", b, [0, 1], "n"), lambda a, b: b.max()),
    "reduce mean": (lambda a, b: build.reduce("mean", b, [0], "n", True), lambda a, b: b.mean(0, keepdims=True)),
    "reduce sum": (lambda a, b: build.reduce("sum", b, [1], "n"), lambda a, b: b.sum(1)),
}


@pytest.mark.parametrize(("make", "expected"), CASES.values(), ids=CASES)
def test_nodes_compute_what_their_name_says(make, expected):
    rng = np.random.default_rng(0)
    a, b = (rng.standard_normal((2, 3)).astype(np.float32) for _ in range(2))
    left, right = build.parameter([2, 3], "f32", "left"), build.parameter([2, 3], "f32", "right")
    node = make(left.output(0), right.output(0))
    assert node.get_friendly_name() == "n"
    model = build.model([build.result(node.output(0), "out")], [left, right], "m")
    np.testing.assert_allclose(run(model, a, b)[0], expected(a, b), rtol=1e-6)


def test_a_model_can_be_given_other_results():
    source = tiny_cnn().clone()
    relu = next(node for node in source.get_ops() if node.get_friendly_name() == "relu1")
    model = build.model_with_results(source, [build.result(relu.output(0), "out")])
    assert [tuple(output.shape) for output in model.outputs] == [(1, 8, 16, 16)]
    assert "conv2" not in snapshot_from_model(model)


def test_pieces_of_length_1_are_scalars():
    vector = build.parameter([6], "f32", "vector")
    cut = build.split_vector(vector, [1, 3, 1, 1], "cut")
    assert [list(piece.get_shape()) for piece in cut] == [[], [3], [], []]
    model = build.model([build.result(piece, f"out{n}") for n, piece in enumerate(cut)], [vector], "pieces")
    found = run(model, np.arange(6, dtype=np.float32))
    for value, expected in zip(found, (0, [1, 2, 3], 4, 5), strict=True):
        np.testing.assert_array_equal(value, expected)


def test_models_without_such_borders_are_not_copied():
    model = tiny_cnn()
    assert build.model_with_f32_borders(model, "bf16") is model
