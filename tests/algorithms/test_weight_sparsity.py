"""Weight sparsity: magnitude sparsity with corrected biases."""

import logging

import numpy as np
import pytest

from openpot.engine.openvino_engine import IEEngine
from openpot.errors import ConfigError
from openpot.graph.model import CompressedModel
from openpot.pipeline import create_pipeline
from real_networks import loader_of, output_error, outputs, text_direction
from toy_engines import labelled_images
from toy_models import images, run, tiny_cnn, worked_example


def sparse(model, name="WeightSparsity", loader=None, level=0.5, **params):
    held = CompressedModel(graph=model)
    entry = {"name": name, "params": {"sparsity_level": level, "target_device": "CPU", **params}}
    pipeline = create_pipeline([entry], IEEngine({"device": "CPU"}, loader or labelled_images(mean=1.0)))
    pipeline.run(held)
    return held, pipeline.algo_seq[0].result


def mean_error(model, held):
    errors = [
        run(held.members[0].model, sample[None])[0] - run(model, sample[None])[0] for sample in images(6, mean=1.0)
    ]
    return np.abs(np.mean(errors, axis=0)).max()


@pytest.mark.parametrize("params", [{}, {"use_fast_bias": False}], ids=["fast", "accurate"])
def test_the_mean_outputs_come_closer(params):
    model = worked_example()
    plain, _ = sparse(model, "MagnitudeSparsity")
    better, result = sparse(model, **params)
    assert len(result.bias.corrected) == 8
    assert mean_error(model, better) < 0.6 * mean_error(model, plain)


def test_both_names_do_the_same():
    base, _ = sparse(tiny_cnn(), "BaseWeightSparsity")
    whole, _ = sparse(tiny_cnn())
    sample = images(1)[0][None]
    np.testing.assert_array_equal(run(base.members[0].model, sample)[0], run(whole.members[0].model, sample)[0])


def test_a_stated_threshold_refuses_large_shifts():
    _, result = sparse(tiny_cnn(), threshold=1e-6)
    assert result.bias.corrected == ()


def test_the_table_is_logged(caplog):
    with caplog.at_level(logging.INFO):
        sparse(tiny_cnn())
    assert "Sparsity rate, %" in caplog.text


def test_a_real_network_survives_better_with_corrected_biases():
    model, samples = text_direction()
    reference = outputs(model, samples)
    loader = loader_of(samples)

    def error(name, **params):
        held, _ = sparse(model, name, loader, 0.3, **params)
        return output_error(reference, outputs(held.members[0].model, samples))

    errors = [
        error("MagnitudeSparsity", correct_weight_bias=False),
        error("MagnitudeSparsity"),
        error("WeightSparsity"),
        error("WeightSparsity", use_fast_bias=False),
    ]
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < 0.5 * errors[0]


def test_an_engine_is_needed():
    with pytest.raises(ConfigError, match="pass an engine"):
        create_pipeline([{"name": "WeightSparsity", "params": {"sparsity_level": 0.5}}]).run(
            CompressedModel(graph=tiny_cnn())
        )


def test_new_settings_reach_the_bias_correction():
    algorithm = create_pipeline(
        [{"name": "WeightSparsity", "params": {"sparsity_level": 0.5}}], IEEngine({"device": "CPU"}, labelled_images())
    ).algo_seq[0]
    assert not algorithm.needs_original
    algorithm.update_config({"sparsity_level": 0.5, "use_fast_bias": False, "threshold": 1e-9})
    assert algorithm.needs_original
    algorithm.run(CompressedModel(graph=tiny_cnn()))
    bias = algorithm.result.bias
    assert (bias.passes, bias.corrected, len(bias.layers)) == (2, (), 3)
    assert all("times what is usual" in layer.reason for layer in bias.layers)
