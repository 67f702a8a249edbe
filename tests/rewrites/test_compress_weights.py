import re
from types import SimpleNamespace

import numpy as np
import pytest

import openpot.rewrites.compress_weights as compress_weights_module
import openvino as ov
from openpot.graph import build
from openpot.graph.edit import ModelEditor
from openpot.graph.io import load_model, save_model
from openpot.graph.node_index import NodeIndex
from openpot.graph.revisions import snapshot_graphs
from openpot.graph.snapshot_model import snapshot_from_model
from openpot.graph.stored_size import count_stored_bytes
from openpot.graph.tensor_id import InputId
from openpot.graph.text import text_from_model
from openpot.rewrites.compress_weights import compress_model_weights, compress_weights
from openvino import opset13 as op
from toy_models import images, loop_model, normal, run, tiny_cnn

DATA = images(1)[0][None]
LIMITS = SimpleNamespace(input_low=-1.0, input_high=1.0, output_low=-1.0, output_high=1.0, levels=255)


def quantize(model, reader, port=1):
    with ModelEditor(model) as editor:
        source = editor.nodes.source(InputId(reader, port))
        name = f"{reader}/fq_{port}"
        editor.insert_on_inputs(source, [InputId(reader, port)], lambda out: build.fake_quantize(out, LIMITS, name))
    return model


def types(model):
    return {node.name: node.output_type for node in snapshot_from_model(model).nodes.values()}


def wide_cnn():
    return tiny_cnn(channels=32)


def test_quantized_weights_become_integers_and_the_rest_half_precision():
    model = quantize(quantize(wide_cnn(), "conv1"), "conv1", port=0)
    before, size = run(model, DATA)[0], count_stored_bytes(model)
    result = compress_weights(model)
    assert result.integers == ("conv1/fq_1",)
    assert result.halves == ("conv2_w",)
    assert result.kept == ()
    found = types(model)
    assert (found["conv1_w/quantized"], found["conv2_w_compressed"], found["conv2_w"]) == ("i8", "f16", "f32")
    assert count_stored_bytes(model) < 0.55 * size
    np.testing.assert_allclose(run(model, DATA)[0], before, rtol=1e-2, atol=1e-3)


def test_compressing_twice_changes_nothing_more():
    model = quantize(wide_cnn(), "conv1")
    compress_weights(model)
    before = text_from_model(model)
    assert not compress_weights(model).changed
    assert text_from_model(model) == before


def test_equal_models_are_equal_afterwards():
    first, second = quantize(wide_cnn(), "conv1"), quantize(wide_cnn(), "conv1")
    compress_weights(first)
    compress_weights(second)
    assert text_from_model(first) == text_from_model(second)


def test_all_models_of_a_cascade_are_compressed_in_place_and_nothing_is_returned(tmp_path):
    parts = [{"name": name, "model": quantize(quantize(wide_cnn(), "conv2"), "conv2", 0)} for name in ("a", "b")]
    model = load_model({"model_name": "pair", "cascade": parts})
    before = [run(member.model, DATA)[0] for member in model.members]
    assert compress_model_weights(model=model) is None
    assert "a_conv2_w/quantized" in types(model.members[0].model)
    assert "b_conv2_w/quantized" in types(model.members[1].model)
    for answer, expected in zip(save_model(model, tmp_path), before, strict=True):
        np.testing.assert_allclose(run(ov.Core().read_model(answer["model"]), DATA)[0], expected, rtol=1e-4, atol=1e-5)


def matmul_model(weights, attach=lambda y: y):
    data = op.parameter([1, weights.shape[1]], np.float32, name="data")
    fc = op.matmul(data, op.constant(weights, name="w"), False, True, name="fc")
    return ov.Model([op.result(attach(fc), name="r")], [data], "m")


def random_weights():
    return normal(np.random.default_rng(0), 40, 40)


def with_row(value):
    weights = random_weights()
    weights[3] = value
    return weights


WEIGHTS = {
    "usual": (random_weights(), None),
    "zeros in a channel": (with_row(0.0), None),
    "dead channel": (with_row(1e-30), None),
    "large but in range": (random_weights() * 2e4, None),
    "too large": (with_row(7e4), "values up to 7e\\+04 do not fit into half precision"),
    "tiny channel": (with_row(1e-9), "1 of 40 channels would lose up to 1 of their values"),
    "subnormal channel": (with_row(2.3e-7), "1 of 40 channels would lose"),
    "all tiny": (random_weights() * 1e-7, "40 of 40 channels would lose"),
    "infinite": (with_row(np.inf), "40 values are not finite"),
}


@pytest.mark.parametrize(("weights", "reason"), WEIGHTS.values(), ids=WEIGHTS)
def test_weights_are_halved_only_where_nothing_is_lost(weights, reason):
    model = matmul_model(weights.astype(np.float32))
    result = compress_weights(model)
    if reason is None:
        assert result.halves == ("w",)
        assert types(model)["w_compressed"] == "f16"
    else:
        (kept,) = result.kept
        assert kept.constant == "w"
        assert re.search(reason, kept.reason)
        assert types(model)["w"] == "f32"
        assert not result.changed


def constant(value, element_type=np.float32):
    return op.constant(np.asarray(value, element_type))


def product(left, right):
    return op.matmul(left, right, False, False)


def table(shape=(40, 40)):
    return constant(np.full(shape, 0.5))


PLACES = {
    "weights of a product": ((40, 40), lambda y: product(y, table()), True),
    "left operand": ((40, 40), lambda y: product(table(), y), True),
    "table of embeddings": ((40,), lambda y: op.gather(table(), op.convert(y, np.int32), constant(0, np.int32)), True),
    "table that is added": ((40, 40), lambda y: op.add(y, table()), True),
    "bias": ((1, 1600), lambda y: op.add(y, table((1, 1600))), False),
    "scale": ((40, 40), lambda y: op.multiply(y, table()), False),
    "zero point": ((40, 40), lambda y: op.subtract(y, table()), False),
    "limits of a FakeQuantize": (
        (40, 40),
        lambda y: op.fake_quantize(y, table(), constant(1.0), table(), constant(1.0), 256),
        False,
    ),
    "constant arithmetic": ((40, 40), lambda y: product(y, product(table(), table())), False),
    "small": ((25, 40), lambda y: op.add(y, table((25, 40))), False),
}


@pytest.mark.parametrize(("shape", "attach", "packed"), PLACES.values(), ids=PLACES)
def test_only_weights_and_tables_are_halved(shape, attach, packed):
    data = op.parameter(list(shape), np.float32, name="data")
    model = ov.Model([op.result(attach(op.relu(data, name="y")), name="r")], [data], "m")
    assert bool(compress_weights(model).halves) is packed
    assert ("f16" in types(model).values()) is packed


def test_weights_that_another_operation_reads_too_stay():
    weights = op.constant(random_weights(), name="w")
    data = op.parameter([1, 40], np.float32, name="data")
    fc = op.matmul(data, weights, False, True, name="fc")
    model = ov.Model([op.result(op.multiply(fc, weights, name="mul"))], [data], "m")
    assert not compress_weights(model).changed


def test_integers_and_half_precision_stay_as_they_are(tmp_path):
    ov.save_model(wide_cnn(), tmp_path / "m.xml", compress_to_fp16=True)
    model = ov.Core().read_model(tmp_path / "m.xml")
    before = text_from_model(model)
    assert not compress_weights(model).changed
    assert text_from_model(model) == before


def test_weights_of_recurrent_operations_are_halved():
    size = 32
    x = op.parameter([1, 3, size], np.float32, name="x")
    zeros = op.constant(np.zeros((1, 1, size), np.float32), name="zeros")
    parts = [op.constant(normal(np.random.default_rng(k), 1, 4 * size, size), name=f"w{k}") for k in range(2)]
    bias = op.constant(np.zeros((1, 4 * size), np.float32), name="bias")
    lengths = op.constant(np.array([3]), name="lengths")
    lstm = op.lstm_sequence(x, zeros, zeros, lengths, *parts, bias, size, "forward", name="lstm")
    model = ov.Model([op.result(lstm.output(0), name="r")], [x], "m")
    before = run(model, np.ones((1, 3, size), np.float32))[0]
    assert compress_weights(model).halves == ("w0", "w1")
    np.testing.assert_allclose(run(model, np.ones((1, 3, size), np.float32))[0], before, atol=2e-3)


def test_constants_inside_bodies_are_halved():
    model = loop_model(width=40)
    data = np.full((1, 40), 0.1, np.float32)
    before = run(model, data)[0]
    assert compress_weights(model).halves == ("loop|fc_w",)
    assert NodeIndex(model).node("loop|fc_w_compressed").get_element_type() == ov.Type.f16
    np.testing.assert_allclose(run(model, data)[0], before, rtol=1e-2, atol=1e-3)


def test_outputs_of_the_compiled_model_are_those_of_the_rounded_weights():
    weights = random_weights()
    packed, rounded = matmul_model(weights), matmul_model(weights.astype(np.float16).astype(np.float32))
    compress_weights(packed)
    data = normal(np.random.default_rng(1), 1, 40)
    np.testing.assert_array_equal(run(packed, data)[0], run(rounded, data)[0])
    assert len(NodeIndex(packed)) == len(NodeIndex(rounded)) + 1


@pytest.mark.parametrize("axes", [(0,), (1,), (0, 1), ()], ids=["rows", "columns", "both", "none"])
def test_judging_block_by_block_changes_nothing(monkeypatch, axes):
    values = np.random.default_rng(0).standard_normal((11, 6, 5)).astype(np.float32)
    halves = values.astype(np.float16)
    whole = compress_weights_module._sum_squares(values, halves, axes)
    monkeypatch.setattr(compress_weights_module, "BLOCK_VALUES", 60)
    for one, other in zip(whole, compress_weights_module._sum_squares(values, halves, axes), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)


def test_a_model_that_was_changed_by_other_means_is_looked_at_again():
    model = wide_cnn()
    assert snapshot_graphs(model)[""]
    nodes = {node.get_friendly_name(): node for node in model.get_ops()}
    constant = op.constant(normal(np.random.default_rng(0), 32, 32, 3, 3), name="new_weights")
    nodes["conv2"].input(1).replace_source_output(constant.output(0))
    assert "new_weights" in compress_weights(model).halves
