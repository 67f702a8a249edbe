"""A model at a glance."""

from openpot.graph.read import read_model
from openpot.graph.stored_size import count_stored_bytes
from openpot.measure.model_summary import PortSummary, summarize_model
from openpot.measure.work import measure_work
from stream_models import stream_model
from toy_models import tiny_cnn


def test_a_model_is_counted():
    model = read_model(tiny_cnn())
    summary = summarize_model(model)
    assert summary.inputs == (PortSummary("data", "(1, 3, 16, 16)", "f32", "[...]"),)
    assert [(port.name, port.shape) for port in summary.outputs] == [("logits", "(1, 5)")]
    assert (summary.operations["Convolution"], summary.operations["MatMul"]) == (2, 1)
    assert sum(summary.constants.values()) == count_stored_bytes(model) == summary.size
    assert summary.multiplications == sum(work.multiplications for work in measure_work(model).values())
    assert (summary.precision, summary.has_state) == ("FP32", False)


def test_an_open_batch_counts_as_one_sample():
    model = read_model(tiny_cnn())
    by_hand = summarize_model(model).multiplications
    model.reshape([-1, 3, 16, 16])
    assert summarize_model(model).multiplications == by_hand


def test_a_state_is_seen():
    assert summarize_model(read_model(stream_model())).has_state
