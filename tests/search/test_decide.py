"""From evidence to the model: what was decided is what the model is."""

from functools import cache

import numpy as np
import pytest

import openvino as ov
from openpot.graph.model import CompressedModel
from openpot.graph.snapshot_model import snapshot_from_model
from openpot.placement.plan import QuantizerKind
from openpot.rewrites.compress_weights import compress_model_weights
from openpot.search import decide
from openpot.search.decide import EvidenceSettings, decide_by_outputs
from openpot.search.error_budget import LEAST_OF_TOKENS
from openpot.trial.compared_outputs import find_compared_tensors
from openvino import opset13 as op
from quantized_toys import measure_validation_error, outlier_toy, quantized
from toy_models import conv, images, normal, run, tiny_cnn, worked_example


def decide_about(toy, budget=None):
    """The model and what was decided about it."""
    model = CompressedModel(graph=toy.model)
    found = decide_by_outputs(toy.outputs, model, toy.done, EvidenceSettings("ANY", budget))
    return model.members[0].model, found


decided = cache(decide_about)
"""The same, decided once for all tests that only look at it."""


def measure_output_error(toy, model):
    """The error on the validation samples, in front of a Softmax at the end."""
    names = [tensor.node for tensor in find_compared_tensors(snapshot_from_model(toy.reference))]

    def cut(whole):
        nodes = {node.get_friendly_name(): node for node in whole.get_ops()}
        return ov.Model([op.result(nodes[name]) for name in names], whole.get_parameters(), "cut")

    return measure_validation_error(cut(toy.reference.clone()), cut(model.clone()), toy.feeds)


def fake_quantizes(model):
    return {node.get_friendly_name() for node in model.get_ops() if node.get_type_name() == "FakeQuantize"}


@pytest.fixture(scope="module")
def toy():
    return quantized(worked_example(), images(13))


@pytest.fixture(scope="module")
def outlier():
    return outlier_toy()


def test_the_error_that_was_found_is_that_of_the_model(toy):
    model, answer = decided(toy)
    assert measure_output_error(toy, model) == pytest.approx(answer.evidence.error, rel=0.02)


@pytest.mark.parametrize("budget", [0.15, 0.05, 0.03])
def test_the_error_that_was_found_is_that_of_the_model_with_convolutions_in_float(toy, budget):
    model, answer = decided(toy, budget)
    assert answer.evidence.in_float
    assert answer.evidence.error <= budget
    assert measure_output_error(toy, model) == pytest.approx(answer.evidence.error, rel=0.1, abs=1e-4)


@pytest.mark.parametrize(("make", "seed"), [(tiny_cnn, 0), (worked_example, 1)])
def test_it_is_never_worse_on_the_judging_samples_than_min_max_alone(make, seed):
    toy = quantized(make(seed=seed), images(13))
    model, answer = decided(toy, budget=0.15)
    assert measure_output_error(toy, model) <= measure_output_error(toy, toy.model) * 1.001
    assert answer.evidence.validation_samples == 5


def test_without_a_budget_every_quantizer_stays(toy):
    model, answer = decided(toy)
    assert answer.evidence.repair is None
    assert fake_quantizes(model) == fake_quantizes(toy.model)
    assert answer.min_max.plan.decisions == toy.done.plan.decisions


def test_the_limits_of_the_result_are_those_in_the_model(toy):
    model, answer = decided(toy)
    assert {"widest", "average"} <= set(answer.evidence.errors)
    nodes = {node.get_friendly_name(): node for node in model.get_ops()}
    for record in answer.min_max.quantizers:
        if record.planned.kind != QuantizerKind.WEIGHTS:
            high = nodes[record.name].input_value(2).get_node().data
            np.testing.assert_allclose(np.ravel(high), np.ravel(record.limits.input_high), rtol=1e-6)


def test_average_ranges_reach_the_model_where_they_are_better():
    samples = images(13)
    samples[0][0, 0, 0] = 500.0  # one value makes the widest range useless; the sample fits, it does not judge
    toy = quantized(tiny_cnn(), samples)
    model, answer = decided(toy)
    assert answer.evidence.ranges == "average"
    nodes = {node.get_friendly_name(): node for node in model.get_ops()}
    name = "conv1/fq_input_0"
    assert nodes[name].input_value(2).get_node().data.max() == toy.done.average[name].input_high.max()
    assert toy.done.average[name].input_high.max() < 100
    assert measure_output_error(toy, model) < measure_output_error(toy, toy.model)


def test_the_operation_at_fault_goes_back_to_float_and_the_plan_says_why(outlier):
    model, answer = decided(outlier, budget=0.1)
    plan = {one.operation: one for one in answer.min_max.plan.decisions}
    assert measure_output_error(outlier, outlier.model) > 0.5
    assert measure_output_error(outlier, model) <= 0.1
    assert (plan["first"].quantized, plan["second"].quantized) == (False, True)
    assert plan["first"].reason == "stays in float: in INT8 it brought 100% of the error of the outputs"
    assert plan["second"].reason == next(d for d in outlier.done.plan.decisions if d.operation == "second").reason
    assert [unit.operations for unit, _ in answer.evidence.repair.units] == [("first",)]


def test_weights_of_a_convolution_go_back_to_float_with_its_data(outlier):
    model, answer = decided(outlier, budget=0.1)
    assert fake_quantizes(model) == {"second/fq_input_0", "second/fq_weights_1"}
    assert {one.name for one in answer.min_max.quantizers} == fake_quantizes(model)
    assert {one.name for one in answer.min_max.plan.quantizers} == fake_quantizes(model)


@pytest.mark.usefixtures("compiled_anew")
@pytest.mark.parametrize("batch", [1, -1], ids=["static", "dynamic"])
def test_pointwise_convolutions_in_float_have_float_weights_and_any_number_of_streams_agrees(batch):
    toy = outlier_toy(1, batch)
    model, answer = decided(toy, budget=0.1)
    assert fake_quantizes(model) == {"second/fq_input_0", "second/fq_weights_1"}
    assert {one.name for one in answer.min_max.quantizers} == fake_quantizes(model)
    held = CompressedModel(graph=model)
    compress_model_weights(held)
    for _ in range(6):
        compiled = ov.Core().compile_model(held.members[0].model, "CPU", {"NUM_STREAMS": "2"})
        outputs = [np.array(compiled(feed)[0]) for feed in toy.feeds]
        expected = [run(toy.reference, feed[0])[0] for feed in toy.feeds]
        assert np.abs(np.stack(outputs) - np.stack(expected)).max() < 0.1 * np.abs(expected).max()


def test_weights_go_to_float_too_where_they_alone_break_the_budget(toy):
    model, answer = decided(toy, budget=1e-3)
    assert answer.evidence.repair.error <= 1e-3
    assert measure_output_error(toy, model) <= 1.1e-3
    gone = {one.name for one in toy.done.quantizers} - fake_quantizes(model)
    assert any("fq_weights" in name for name in gone)


def test_a_budget_that_cannot_be_met_gives_the_float_model(toy):
    model, answer = decided(toy, budget=1e-12)
    assert fake_quantizes(model) == set()
    assert answer.min_max.quantizers == answer.min_max.plan.quantizers == ()
    assert not any(one.quantized for one in answer.min_max.plan.decisions)
    assert measure_output_error(toy, model) < 1e-4


def test_a_zero_that_a_logarithm_cannot_take_is_kept_out_of_int8():
    rng = np.random.default_rng(0)
    data = op.parameter([1, 64, 1, 16], np.float32, name="data")
    x = op.log(conv(data, np.abs(normal(rng, 8, 64, 1, 1)), "mel"), name="log")
    x = conv(x, normal(rng, 8, 8, 1, 1), "fc")
    scale = np.logspace(-6, 0, 16)
    samples = [(np.exp(rng.normal(size=(64, 1, 16)) * 3) * scale).astype(np.float32) for _ in range(13)]
    toy = quantized(ov.Model([op.result(x, name="result")], [data], "log"), samples)
    model, answer = decided(toy, budget=0.15)
    assert answer.evidence.errors["widest"] > 1
    assert measure_output_error(toy, model) <= 0.15
    plan = {one.operation: one.quantized for one in answer.min_max.plan.decisions}
    assert (plan["mel"], plan["fc"]) == (False, True)
    assert all(np.isfinite(shift).all() for shift in answer.evidence.shifts.values())


def test_a_model_that_computes_in_f16_is_decided_about_too():
    rng = np.random.default_rng(0)
    data = op.parameter([1, 16, 4, 4], np.float16, name="data")
    x = op.relu(conv(data, normal(rng, 8, 16, 3, 3).astype(np.float16), "first"), name="relu")
    x = conv(x, normal(rng, 4, 8, 1, 1).astype(np.float16), "second")
    samples = [sample.astype(np.float16) for sample in images(13, (16, 4, 4))]
    toy = quantized(ov.Model([op.result(x, name="result")], [data], "f16"), samples)
    _, answer = decided(toy, budget=1e-3)
    assert answer.evidence.repair.error < 1e-3 < answer.evidence.errors["widest"]


def test_outputs_of_integers_are_protected_by_what_they_are_chosen_from(outlier):
    model = outlier.reference.clone()
    scores = model.output(0).get_node().input_value(0)
    top = op.topk(scores, op.constant(np.array(1)), 1, "max", "value", name="top")
    chosen = ov.Model([op.result(top.output(1), name="chosen")], model.get_parameters(), "labels")
    toy = quantized(chosen, [feed[0][0] for feed in outlier.feeds])
    result, answer = decided(toy, budget=0.1)
    assert answer.evidence.error <= 0.1
    assert {"first/fq_input_0", "first/fq_weights_1"} & fake_quantizes(result) == set()


def test_layers_that_no_quantizer_reaches_get_no_shifts(toy):
    model, answer = decided(toy, budget=1e-12)
    assert fake_quantizes(model) == set()
    assert dict(answer.evidence.shifts) == {}
    assert measure_output_error(toy, model) == 0


def test_the_budget_follows_from_noise_at_the_inputs_unless_it_is_given(outlier, monkeypatch):
    monkeypatch.setattr(decide.Trial, "measure_noise_error", lambda _: 0.2)
    monkeypatch.setattr(decide.Trial, "gives_images", False)
    _, automatic = decide_about(outlier, budget="auto")
    assert automatic.evidence.budget == pytest.approx(0.4)
    _, given = decide_about(outlier, budget=0.1)
    assert given.evidence.budget == 0.1
    monkeypatch.setattr(decide.Trial, "predicts_tokens", True)
    _, of_tokens = decide_about(outlier, budget="auto")
    assert of_tokens.evidence.budget == LEAST_OF_TOKENS
