"""Sparse layers, fitted to what they gave."""

from functools import cache

import numpy as np
import pytest

from openpot.algorithms.sparse_tuning import SparseTuner, plan_sparsity_levels
from openpot.algorithms.weight_sparsity import NO_HELP
from openpot.engine.openvino_engine import IEEngine
from openpot.errors import EngineError
from openpot.graph.model import CompressedModel
from openpot.graph.node_index import NodeIndex
from openpot.graph.weights import constant_value
from openpot.pipeline import create_pipeline
from openpot.rewrites.replace_constant_inputs import replace_constant_inputs
from real_networks import lines_of_text, loader_of, output_error, outputs, text_direction
from toy_engines import PlainEngine
from toy_models import images, worked_example


def sparse(model, samples, level=0.5, **params):
    held = CompressedModel(graph=model.clone())
    entry = {"name": "WeightSparsity", "params": {"sparsity_level": level, "target_device": "CPU", **params}}
    pipeline = create_pipeline([entry], IEEngine({"device": "CPU"}, loader_of(samples)))
    pipeline.run(held)
    return held, pipeline.algo_seq[0].result


@cache
def fitted_to_images(fast):
    """A model and its record that several tests look at."""
    return sparse(worked_example(), images(24), level=0.2, use_fast_bias=fast, use_layerwise_tuning=True)


@pytest.mark.parametrize("fast", [True, False], ids=["fast bias correction", "accurate one"])
def test_the_outputs_come_closer_at_the_same_sparsity(fast):
    model, samples, others = worked_example(), images(24), images(16, seed=7)
    expected = outputs(model, others)
    plain, before = sparse(model, samples, level=0.2, use_fast_bias=fast)
    fitted, after = fitted_to_images(fast)
    assert after.rate == pytest.approx(before.rate, abs=0.01)
    assert {one.layer for one in after.layers} - set(after.tuned) == {"deconv"}  # a transposed convolution
    errors = [output_error(expected, outputs(one.members[0].model, others)) for one in (plain, fitted)]
    assert errors[1] < 0.95 * errors[0]


def test_more_steps_of_the_fit_are_closer():
    errors = [
        sparse(worked_example(), images(24), use_layerwise_tuning=True, tuning_iterations=steps)[1].error_after
        for steps in (1, 30)
    ]
    assert errors[1] < errors[0]


@pytest.mark.parametrize(("level", "steps"), [(0.5, (0.4, 0.5)), (0.05, (0.05,)), (0.0, (0.0,))])
def test_half_way_is_a_tenth_below(level, steps):
    assert plan_sparsity_levels(level) == pytest.approx(steps)


def test_a_real_network_survives_half_of_its_weights_on_other_samples():
    model, _ = text_direction()
    samples = lines_of_text(32)
    expected = outputs(model, samples[16:])

    def error(**params):
        held, result = sparse(model, samples[:16], **params)
        assert result.rate == pytest.approx(0.5, abs=1e-3)
        return output_error(expected, outputs(held.members[0].model, samples[16:]))

    plain, fitted = error(), error(use_layerwise_tuning=True)
    assert fitted < 0.6 * plain


def test_engines_that_keep_their_inferences_to_themselves_are_refused_before_any_data_are_read():
    held, loader = CompressedModel(graph=worked_example()), loader_of(images(12))
    entry = {"name": "WeightSparsity", "params": {"sparsity_level": 0.5, "use_layerwise_tuning": True}}
    with pytest.raises(EngineError, match="use_layerwise_tuning"):
        create_pipeline([entry], PlainEngine(loader)).run(held)
    assert loader.calls == []
    assert np.all([node.type != "FakeQuantize" for node in held.snapshot().nodes.values()])


@pytest.mark.parametrize("fast", [True, False], ids=["fast bias correction", "accurate one"])
def test_a_fit_that_helps_is_taken_and_judged_by_the_outputs(fast):
    _, result = fitted_to_images(fast)
    assert 0 < result.error_after < result.error_before
    assert (bool(result.tuned), result.reason) == (True, "")


@pytest.mark.parametrize("fast", [True, False], ids=["fast bias correction", "accurate one"])
def test_a_fit_that_makes_the_outputs_worse_is_undone(monkeypatch, fast):
    def spoil(self, graph, iterations, regularization):
        for name, found in self._layers.items():
            value = constant_value(NodeIndex(graph), NodeIndex(graph).input(found.layer.weights).get_source_output())
            replace_constant_inputs(graph, {found.layer.weights: 3 * value}, f"spoilt/{name}")

    monkeypatch.setattr(SparseTuner, "fit", spoil)
    model, samples = worked_example(), images(24)
    plain, _ = sparse(model, samples, use_fast_bias=fast)
    held, result = sparse(model, samples, use_fast_bias=fast, use_layerwise_tuning=True)
    assert (result.tuned, result.reason) == ((), NO_HELP)
    assert result.error_after > result.error_before
    np.testing.assert_array_equal(
        outputs(held.members[0].model, samples[:4]), outputs(plain.members[0].model, samples[:4])
    )


def test_with_seven_samples_nobody_judges():
    _, result = sparse(worked_example(), images(7), level=0.2, use_layerwise_tuning=True)
    assert (result.error_before, result.error_after, result.reason) == (None, None, "")
    assert result.tuned
