from types import SimpleNamespace

import numpy as np
import pytest

import openvino as ov
from openpot.graph import build
from openpot.graph.edit import ModelEditor
from openpot.graph.snapshot_model import snapshot_from_model
from openpot.graph.tensor_id import InputId
from openpot.graph.text import text_from_model
from openpot.rewrites.compress_weights import compress_weights
from openpot.rewrites.shared_constants import hidden_from_packing, quantizers_over_shared_constants
from openvino import opset13 as op
from toy_models import run

DATA = np.random.default_rng(1).standard_normal((8, 64)).astype(np.float32)


def limits(rows, levels=255):
    ends = np.full((rows, 1) if rows > 1 else (), 1.0, np.float32)
    return SimpleNamespace(input_low=-ends, input_high=ends, output_low=-ends, output_high=ends, levels=levels)


def shared_product(rows=64, is_shared=True, levels=255, size=64):
    """Two products, the first with quantized weights; the second with the same weights in float if they are shared."""
    rng = np.random.default_rng(0)
    data = op.parameter([8, size], np.float32, name="data")
    weights = [op.constant((rng.standard_normal((64, size)) * 0.3).astype(np.float32), name=f"w{n}") for n in range(2)]
    first = op.matmul(data, weights[0], False, True, name="first")
    second = op.matmul(data, weights[0 if is_shared else 1], False, True, name="second")
    model = ov.Model([op.result(first), op.result(second)], [data], "m")
    with ModelEditor(model) as editor:
        reader = InputId("first", 1)
        ends = limits(rows, levels)
        editor.insert_on_inputs(editor.nodes.source(reader), [reader], lambda x: build.fake_quantize(x, ends, "fq"))
    return model


def constants(model):
    records = snapshot_from_model(model).nodes_of_type("Constant")
    return sorted(record.output_type for record in records if np.prod(record.output_shape) > 64)


def test_a_constant_with_a_quantized_and_a_float_reader_is_stored_once():
    model = shared_product()
    before = run(model, DATA)
    compress_weights(model)
    assert constants(model) == ["f16"]
    for given, expected in zip(run(model, DATA), before, strict=True):
        np.testing.assert_allclose(given, expected, atol=0.05)


def test_other_constants_are_packed_as_ever():
    model = shared_product(is_shared=False)
    assert quantizers_over_shared_constants(snapshot_from_model(model)) == ()
    compress_weights(model)
    assert constants(model) == ["f16", "i8"]


@pytest.mark.parametrize(
    ("rows", "size", "levels", "stays"),
    [(64, 64, 255, True), (64, 4, 255, False), (1, 4, 255, True), (64, 8, 16, False), (64, 16, 16, True)],
)
def test_the_form_that_takes_less_space_is_chosen(rows, size, levels, stays):
    """A FakeQuantize has two limits of 4 bytes for each channel, integers one scale."""
    model = shared_product(rows, size=size, levels=levels)
    assert bool(quantizers_over_shared_constants(snapshot_from_model(model))) is stays


def test_reading_its_shape_is_no_reason():
    model = shared_product(is_shared=False)
    table = next(node for node in model.get_ops() if node.get_friendly_name() == "w0")
    shape = op.result(op.shape_of(table, name="size"), name="shape")
    model.add_results([shape])
    assert quantizers_over_shared_constants(snapshot_from_model(model)) == ()


def test_hidden_quantizers_are_as_before_afterwards():
    model = shared_product()
    before = text_from_model(model)
    with hidden_from_packing(model, ["fq"]):
        assert text_from_model(model) != before
    assert text_from_model(model) == before
