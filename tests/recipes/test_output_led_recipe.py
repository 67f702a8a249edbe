"""Ranges, bias shifts and precision as the outputs want them."""

import numpy as np
import pytest

import openvino as ov
from openpot.algorithms.min_max import MinMaxQuantization
from openpot.engine.openvino_engine import IEEngine
from openpot.graph.model import CompressedModel
from openpot.graph.read import read_model
from openpot.graph.snapshot_model import snapshot_from_model
from openpot.measure.compare_outputs import compare_outputs
from openpot.recipes.default_quantization import DefaultQuantization
from openpot.recipes.output_led_recipe import OutputLedRecipe
from openpot.recipes.trial_samples import MIN_TRIAL_SAMPLES
from openpot.trial.compared_outputs import find_compared_tensors
from openvino import opset13 as op
from real_networks import fetch, lines_of_text, loader_of, text_direction
from toy_engines import ListLoader, labelled_images
from toy_models import images, tiny_cnn, worked_example


def quantize(model, samples=6, **params):
    loader = labelled_images(samples)
    algorithm = DefaultQuantization(params, IEEngine({}, loader))
    held = CompressedModel(graph=model)
    assert algorithm.run(held) is held
    return held, algorithm.result, loader


def test_by_default_the_outputs_decide_about_biases():
    assert isinstance(DefaultQuantization().recipe, OutputLedRecipe)
    _, result, _ = quantize(tiny_cnn())
    assert (result.alignment, result.bias) == (None, None)
    assert result.evidence.validation_samples == 2


@pytest.mark.parametrize(
    ("params", "used"), [({}, 64), ({"early_stop": False}, 100), ({"use_fast_bias": True}, 100)], ids=str
)
def test_calibration_ends_early_on_samples_that_bring_nothing_new(params, used):
    loader = ListLoader([(sample, None) for sample in images(10) * 10])
    algorithm = DefaultQuantization(params, IEEngine({}, loader))
    algorithm.run(CompressedModel(graph=tiny_cnn()))
    assert len(set(algorithm.result.observed)) == used


@pytest.mark.usefixtures("compiled_anew")
def test_calibration_that_ended_early_gives_the_same_bytes_whatever_the_number_of_requests(tmp_path):
    files = []
    for requests in (1, 4):
        loader = ListLoader([(sample, None) for sample in images(10) * 10])
        held = CompressedModel(graph=tiny_cnn())
        DefaultQuantization({}, IEEngine({"stat_requests_number": requests}, loader)).run(held)
        held.save(tmp_path / str(requests), "model")
        files.append([(tmp_path / str(requests) / f"model.{end}").read_bytes() for end in ("xml", "bin")])
    assert files[0] == files[1]


@pytest.mark.parametrize("samples", [1, MIN_TRIAL_SAMPLES - 1])
def test_too_few_samples_decide_nothing(samples):
    held, result, _ = quantize(tiny_cnn(), samples)
    assert result.evidence is None
    assert len(held.snapshot().nodes_of_type("FakeQuantize")) == len(result.min_max.quantizers) == 6


@pytest.mark.parametrize(
    "params",
    [
        {"range_estimator": {"preset": "quantile"}},
        {"activations": {"range_estimator": {"max": {"aggregator": "max"}}}},
        {"stat_batch_size": 2},
    ],
    ids=["estimator for all", "estimator of activations", "batches"],
)
def test_ranges_that_were_asked_for_are_kept(params):
    model = tiny_cnn(batch=-1) if "stat_batch_size" in params else worked_example()
    _, result, _ = quantize(model, max_output_error=float("inf"), **params)
    assert dict(result.min_max.average) == {}
    assert (result.evidence.ranges, "average" in result.evidence.errors) == ("widest", False)


def exact_model():
    """Weights and data whose values are levels of their quantizers: INT8 loses nothing."""
    rng = np.random.default_rng(0)
    weights = rng.integers(-127, 128, (4, 16)).astype(np.float32)
    weights[:, 0] = 127  # every row uses the whole range
    data = op.parameter([1, 16], np.float32, name="data")
    product = op.matmul(data, op.constant(weights, name="w"), False, True, name="fc")
    return ov.Model([op.result(product, name="result")], [data], "exact")


def test_a_model_that_is_exact_in_int8_gets_no_shifts():
    rng = np.random.default_rng(1)
    samples = [rng.integers(0, 256, 16).astype(np.float32) for _ in range(12)]
    for sample in samples:
        sample[:2] = 0, 255
    algorithm = DefaultQuantization(
        {"saturation_fix": "no"}, IEEngine({}, ListLoader([(sample, None) for sample in samples]))
    )
    held = CompressedModel(graph=exact_model())
    algorithm.run(held)
    evidence = algorithm.result.evidence
    assert (evidence.ranges, dict(evidence.shifts), evidence.repair) == ("widest", {}, None)
    assert evidence.error < 1e-6
    assert len(held.snapshot().nodes_of_type("FakeQuantize")) == 2
    assert [node.name for node in held.snapshot().nodes_of_type("Add")] == []


def notes(count, seed=0):
    """Two seconds of one to four plucked tones each, shape (43844, 1)."""
    rng = np.random.default_rng(seed)
    time = np.arange(43844) / 22050
    samples = []
    for _ in range(count):
        sound = np.zeros_like(time)
        for _ in range(rng.integers(1, 5)):
            pitch, start = 440 * 2 ** (rng.integers(-24, 24) / 12), rng.uniform(0, 1.5)
            tone = sum(np.sin(2 * np.pi * pitch * harmonic * time) / harmonic for harmonic in (1, 2, 3))
            sound += (time > start) * np.exp(-3 * np.clip(time - start, 0, None)) * tone * rng.uniform(0.05, 0.3)
        samples.append(sound.astype(np.float32)[:, None])
    return samples


def errors_on_other_samples(model, samples, others, **params):
    """The worst error after MinMaxQuantization and after DefaultQuantization, and the evidence of the latter."""
    judged = [tensor.node for tensor in find_compared_tensors(snapshot_from_model(model))]

    def cut(whole):
        nodes = {node.get_friendly_name(): node for node in whole.get_ops()}
        return ov.Model([op.result(nodes[name]) for name in judged], whole.get_parameters(), "cut")

    errors, algorithm = [], None
    for kind, own in ((MinMaxQuantization, {}), (DefaultQuantization, params)):
        held = CompressedModel(graph=model.clone())
        algorithm = kind(own, IEEngine({}, loader_of(samples)))
        algorithm.run(held)
        models = cut(model.clone()), cut(held.members[0].model.clone())
        distances = compare_outputs(*models, [{0: sample[None]} for sample in others])
        errors.append(max(distance.relative for distance in distances))
    return *errors, algorithm.result.evidence


def test_a_real_network_that_min_max_alone_ruins_is_mended_by_few_operations_in_float():
    model = read_model(fetch("basic-pitch-onnx"))
    min_max, default, evidence = errors_on_other_samples(model, notes(12), notes(4, seed=1))
    assert min_max > 0.5
    assert default < min(1.5 * evidence.budget, min_max / 2)
    assert 1 <= len(evidence.repair.units) <= 4


def test_a_real_network_within_the_budget_comes_closer_to_the_original_all_the_same():
    samples = lines_of_text(64)
    min_max, default, evidence = errors_on_other_samples(text_direction()[0], samples[:40], samples[40:])
    assert evidence.repair is None
    assert evidence.error < min(0.15, evidence.errors["widest"])
    assert default < 0.95 * min_max


def test_a_smaller_budget_costs_operations_and_is_kept():
    budget, samples = 0.02, lines_of_text(48)
    params = {"max_output_error": budget}
    min_max, default, evidence = errors_on_other_samples(text_direction()[0], samples[:30], samples[30:], **params)
    assert evidence.error <= budget
    assert 0 < len(evidence.in_float) < 36
    assert default < 0.7 * min_max
