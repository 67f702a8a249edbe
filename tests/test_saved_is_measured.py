"""Whole runs: the model that comes back, and is timed, is executed like the one that is read from the saved file."""

import numpy as np
import pytest

import openpot
import openvino as ov
from openpot.data.adapt import make_data_loader
from openvino import opset13 as op

STEPS, WIDTH = 12, 16


def normal(seed, *shape, scale=0.2):
    return op.constant((np.random.default_rng(seed).standard_normal(shape) * scale).astype(np.float32))


def recurrent(kind, direction="forward"):
    """Convolution -> LSTM, GRU or RNN whose lengths are computed from shapes, as front ends write it -> product."""
    gates, ways = {"lstm": 4, "gru": 3, "rnn": 1}[kind], 1 if direction == "forward" else 2
    x = op.parameter([1, 8, STEPS], np.float32, name="x")
    y = op.relu(op.convolution(x, normal(1, WIDTH, 8, 3), [1], [1], [1], [1]))
    y = op.transpose(y, op.constant([0, 2, 1]))
    size = op.shape_of(y, "i64")
    batch, steps = (op.gather(size, op.constant([axis]), op.constant(0)) for axis in (0, 1))
    zero = op.constant(np.zeros((1, ways, WIDTH), np.float32))
    lengths = op.broadcast(steps, batch)
    parts = [normal(n, ways, gates * WIDTH, WIDTH) for n in (2, 3)] + [normal(4, ways, gates * WIDTH)]
    if kind == "lstm":
        y = op.lstm_sequence(y, zero, zero, lengths, *parts, WIDTH, direction)
    elif kind == "gru":
        y = op.gru_sequence(y, zero, lengths, *parts, WIDTH, direction)
    else:
        y = op.rnn_sequence(y, zero, lengths, *parts, WIDTH, direction)
    y = op.reshape(y.output(0), op.constant([1, ways * STEPS, WIDTH]), False)
    z = op.matmul(y, normal(5, WIDTH, 5), False, False)
    return ov.Model([op.result(z)], [x], kind)


def samples(count=12):
    return [np.random.default_rng(n).standard_normal((1, 8, STEPS)).astype(np.float32) for n in range(count)]


def executed(model):
    compiled = ov.Core().compile_model(model, "CPU", {"INFERENCE_NUM_THREADS": 1})
    return sorted(node.get_rt_info()["layerType"].astype(str) for node in compiled.get_runtime_model().get_ops())


@pytest.mark.parametrize("kind", ["lstm", "gru", "rnn"])
def test_the_result_in_memory_is_executed_as_the_saved_one(kind, tmp_path):
    result = openpot.quantize(recurrent(kind), samples())
    saved = ov.Core().read_model(result.save(tmp_path))
    assert executed(result.model) == executed(saved)
    assert "TensorIterator" not in executed(result.model)


def test_both_directions(tmp_path):
    result = openpot.quantize(recurrent("lstm", "bidirectional"), samples())
    assert executed(result.model) == executed(ov.Core().read_model(result.save(tmp_path)))


def test_a_model_of_a_pipeline_is_executed_as_the_saved_one(tmp_path):
    model = openpot.load_model({"model_name": "m", "model": recurrent("lstm")})
    engine = openpot.IEEngine({"device": "CPU"}, make_data_loader(samples()))
    pipeline = openpot.create_pipeline([{"name": "DefaultQuantization", "params": {"stat_subset_size": 12}}], engine)
    model = pipeline.run(model)
    openpot.compress_model_weights(model)
    (files,) = openpot.save_model(model, tmp_path)
    assert executed(model.members[0].model) == executed(ov.Core().read_model(files["model"]))
