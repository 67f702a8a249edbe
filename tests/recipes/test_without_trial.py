"""A trial that fails costs what it would have found, and not the result."""

import numpy as np
import pytest

from openpot.engine.openvino_engine import IEEngine
from openpot.errors import EngineError, ModelError, OpenPotWarning
from openpot.graph.model import CompressedModel
from openpot.recipes.default_quantization import DefaultQuantization
from toy_engines import labelled_images
from toy_models import images, run, tiny_cnn


def quantized(**params):
    algorithm = DefaultQuantization(params, IEEngine({}, labelled_images(12)))
    held = CompressedModel(graph=tiny_cnn())
    algorithm.run(held)
    return held.members[0].model, algorithm.result


def break_trial(monkeypatch, problem):
    def fail(*_, **__):
        raise problem

    monkeypatch.setattr("openpot.recipes.output_led_recipe.decide_by_outputs", fail)


@pytest.mark.parametrize("problem", [ModelError("no kernel"), EngineError("lost"), RuntimeError("from the runtime")])
def test_the_run_goes_on_with_widest_ranges_and_corrected_biases(monkeypatch, problem):
    break_trial(monkeypatch, problem)
    with pytest.warns(OpenPotWarning, match=f"trial of the quantized model failed.*{problem}"):
        model, result = quantized()
    assert result.evidence is None
    assert result.observed == tuple(range(12))
    assert sum(node.get_type_name() == "FakeQuantize" for node in model.get_ops()) == 6
    expected, given = (
        np.stack([run(graph, sample[None])[0] for sample in images(8, seed=7)]) for graph in (tiny_cnn(), model)
    )
    assert np.square(given - expected).sum() < 0.05 * np.square(expected - expected.mean(0)).sum()


def test_the_biases_are_those_of_fast_bias_correction(monkeypatch):
    _, asked = quantized(use_fast_bias=True)
    break_trial(monkeypatch, ModelError("no kernel"))
    with pytest.warns(OpenPotWarning):
        _, failed = quantized()
    assert asked.bias.layers
    for found, expected in zip(failed.bias.layers, asked.bias.layers, strict=True):
        assert (found.layer, found.accepted) == (expected.layer, expected.accepted)
        assert found.magnitude == pytest.approx(expected.magnitude)
