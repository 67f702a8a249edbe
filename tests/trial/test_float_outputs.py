"""How far changed models are from a float one that runs once."""

import numpy as np
import pytest

import openvino as ov
from openpot.errors import UnknownNameError
from openpot.graph.tensor_id import TensorId
from openpot.measure.executed_graph import Arithmetic
from openpot.trial import float_outputs
from openpot.trial.float_outputs import FloatOutputs
from openpot.trial.output_error import measure_output_error
from openpot.trial.shift_inputs import ShiftPlace
from openvino import opset13 as op
from quantized_toys import quantized
from toy_models import if_model, images, normal, tiny_cnn, worked_example

FEEDS = [{0: image[None]} for image in images(8)]
ALL = range(len(FEEDS))


def test_a_model_is_no_distance_from_itself():
    assert FloatOutputs(worked_example(), FEEDS, ALL).measure(worked_example()).error == 0


def test_it_is_the_output_error_and_the_executed_graph_of_the_candidate():
    toy = quantized(tiny_cnn(), images(8))
    reference, candidate = toy.subject.reference, toy.model
    run = FloatOutputs(reference, FEEDS, ALL).measure(candidate)
    assert run.error == pytest.approx(measure_output_error(reference, candidate, FEEDS), rel=1e-6)
    assert run.error > 0
    assert run.executed["conv2"].arithmetic == Arithmetic.INT8


def test_errors_are_shares_of_the_variation_between_all_samples():
    """Two samples that are alike vary little, and the error is no larger for that."""
    toy = quantized(tiny_cnn(), images(8))
    reference, candidate = toy.subject.reference, toy.model
    alike = [FEEDS[0], {0: FEEDS[0][0] + 0.01}]
    among_themselves = FloatOutputs(reference, alike, [0, 1]).measure(candidate).error
    among_all = FloatOutputs(reference, alike + FEEDS[1:], [0, 1]).measure(candidate).error
    assert among_all < 0.2 * among_themselves


def test_a_model_without_the_tensor_is_refused():
    with pytest.raises(UnknownNameError):
        FloatOutputs(worked_example(), FEEDS, ALL).measure(if_model())


def test_a_model_that_was_measured_does_not_run_again(monkeypatch):
    toy = quantized(tiny_cnn(), images(8))
    run = toy.outputs.measure(toy.model)
    outputs = toy.outputs
    first = outputs.measure(toy.model)
    monkeypatch.setattr(float_outputs, "compile_model", None)
    assert outputs.measure(toy.model.clone()) is first
    assert first.error == run.error


def test_the_float_model_runs_once_for_all_who_ask(monkeypatch):
    """The outputs that were inferred beside means are those without them."""
    toy = quantized(tiny_cnn(), images(8))
    outputs = toy.outputs
    with_means = outputs.infer({"conv1": ShiftPlace(TensorId("conv1"), 1, 8)})
    monkeypatch.setattr(float_outputs, "run_reference", None)
    assert outputs.infer() is with_means
    assert with_means.means.shape == (8, 8)


def test_what_comes_after_the_compared_tensors_is_in_the_executed_graph():
    """The judge reads what a Softmax takes; a product after it is executed all the same."""
    data = op.parameter([1, 8], np.float32, name="data")
    rng = np.random.default_rng(0)
    logits = op.matmul(data, op.constant(normal(rng, 8, 4)), False, False, name="logits")
    last = op.matmul(op.softmax(logits, 1), op.constant(normal(rng, 4, 4)), False, False, name="last")
    model = ov.Model([op.result(op.softmax(last, 1))], [data], "two_products")
    feeds = [{0: rng.normal(size=(1, 8)).astype(np.float32)} for _ in range(8)]
    outputs = FloatOutputs(model, feeds)
    outputs.compared = (TensorId("logits"),)
    run = outputs.measure(model)
    assert run.error == 0
    assert {"logits", "last"} <= set(run.executed)


def test_other_inputs_bring_an_error():
    toy = quantized(tiny_cnn(), images(8))
    outputs = toy.outputs
    same = [toy.feeds[position] for position in outputs.validation]
    assert outputs.measure_with_inputs(same) == 0
    assert outputs.measure_with_inputs([{0: feed[0] + 0.1} for feed in same]) > 0
