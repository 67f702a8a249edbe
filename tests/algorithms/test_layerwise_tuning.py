"""Layers of a quantized network, fitted to what they give in float."""

from functools import cache

import numpy as np
import pytest

from openpot.engine.openvino_engine import IEEngine
from openpot.errors import EngineError
from openpot.graph.model import CompressedModel
from openpot.graph.model_digest import model_digest
from openpot.measure.executed_graph import read_executed_graph
from openpot.pipeline import create_pipeline
from openpot.recipes.default_quantization import DefaultQuantization
from real_networks import lines_of_text, loader_of, output_error, outputs, text_direction
from toy_engines import PlainEngine
from toy_models import images, worked_example

FOUR_BITS = {"weights": {"bits": 4, "mode": "symmetric", "level_low": -7, "level_high": 7}, "use_fast_bias": True}


def tuned(model, samples, tune=True, **params):
    held = CompressedModel(graph=model.clone())
    entry = {"name": "DefaultQuantization", "params": {"use_layerwise_tuning": tune, **params}}
    pipeline = create_pipeline([entry], IEEngine({"device": "CPU"}, loader_of(samples)))
    pipeline.run(held)
    return held, pipeline.algo_seq[0].result.tuning


@cache
def untuned():
    return tuned(worked_example(), images(24), tune=False, **FOUR_BITS)[0]


@pytest.mark.parametrize("from_float", [False, True], ids=["inputs as they are", "inputs in float"])
def test_outputs_come_closer_on_other_samples_and_weights_stay_integers(from_float):
    model, samples, others = worked_example(), images(24), images(16, seed=5)
    before = untuned()
    after, result = tuned(model, samples, use_only_fp_inputs=from_float, **FOUR_BITS)
    assert result.reason == ""
    assert result.error_after < result.error_before
    assert all(one.error_after <= one.error_before for one in result.layers)
    assert result.passes == 2 if from_float else result.passes > 4
    expected = outputs(model, others)
    errors = [output_error(expected, outputs(one.members[0].model, others)) for one in (before, after)]
    assert errors[1] < 0.9 * errors[0]
    executed = [read_executed_graph(one.members[0].model) for one in (before, after)]
    names = [one.layer for one in result.layers if one.layer in executed[0]]
    assert [executed[0][name].is_integer for name in names] == [executed[1][name].is_integer for name in names]


def test_a_real_network_with_4_bit_weights_comes_closer_on_other_samples():
    model, _ = text_direction()
    samples = lines_of_text(20)
    expected = outputs(model, samples[12:])
    params = {**FOUR_BITS, "max_output_error": 1e9}
    before, _ = tuned(model, samples[:12], tune=False, **params)
    after, result = tuned(model, samples[:12], **params)
    assert result.error_after < 0.8 * result.error_before
    errors = [output_error(expected, outputs(one.members[0].model, samples[12:])) for one in (before, after)]
    assert errors[1] < errors[0]


def test_too_few_samples_change_nothing_and_say_so():
    model = worked_example()
    before, _ = tuned(model, images(4), tune=False)
    after, result = tuned(model, images(4))
    assert "4 samples are too few" in result.reason
    assert model_digest(after.members[0].model) == model_digest(before.members[0].model)


def test_what_brings_nothing_is_undone():
    model = worked_example()
    before, _ = tuned(model, images(8), tune=False, use_fast_bias=True)
    after, result = tuned(model, images(8), use_fast_bias=True, num_samples_for_tuning=1)
    same = model_digest(after.members[0].model) == model_digest(before.members[0].model)
    assert same == bool(result.reason)
    assert (result.error_after < result.error_before) == (not same)


def test_zeros_of_sparse_weights_stay():
    held = CompressedModel(graph=worked_example())
    engine = IEEngine({"device": "CPU"}, loader_of(images(16)))
    entries = [
        {"name": "MagnitudeSparsity", "params": {"sparsity_level": 0.5}},
        {"name": "DefaultQuantization", "params": {"use_layerwise_tuning": True, **FOUR_BITS}},
    ]
    pipeline = create_pipeline(entries, engine)
    pipeline.run(held)
    result = pipeline.algo_seq[1].result.tuning
    assert any(one.changed for one in result.layers)
    weights = [node for node in held.members[0].model.get_ops() if node.get_friendly_name().endswith("/tuned0")]
    assert result.reason or weights
    assert all(np.mean(np.abs(node.data) < 1e-6) > 0.1 for node in weights)


@pytest.mark.usefixtures("compiled_anew")
def test_two_runs_give_the_same_model():
    digests = [model_digest(tuned(worked_example(), images(12), **FOUR_BITS)[0].members[0].model) for _ in range(2)]
    assert digests[0] == digests[1]


def test_engines_that_keep_their_inferences_to_themselves_are_refused_before_any_data_are_read():
    held, loader = CompressedModel(graph=worked_example()), loader_of(images(12))
    with pytest.raises(EngineError, match="use_layerwise_tuning"):
        DefaultQuantization({"use_layerwise_tuning": True}, PlainEngine(loader)).run(held)
    assert loader.calls == []
