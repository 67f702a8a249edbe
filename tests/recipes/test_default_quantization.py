"""The sequence that suits most networks."""

import numpy as np
import pytest

from openpot.algorithms.bias_correction import BiasCorrection
from openpot.algorithms.fast_bias_correction import FastBiasCorrection
from openpot.engine.openvino_engine import IEEngine
from openpot.errors import AlreadyQuantizedError, ConfigError
from openpot.graph.model import CompressedModel
from openpot.recipes.default_quantization import DefaultQuantization
from toy_engines import labelled_images
from toy_models import images, run, tiny_cnn, worked_example


def quantize(model, samples=6, **params):
    loader = labelled_images(samples)
    algorithm = DefaultQuantization(params, IEEngine({}, loader))
    held = CompressedModel(graph=model)
    assert algorithm.run(held) is held
    return held, algorithm.result, loader


@pytest.mark.parametrize("fast", [True, False], ids=["fast", "accurate"])
@pytest.mark.parametrize("placement", ["openpot", "pot"])
def test_the_result_is_close_to_the_original(placement, fast):
    held, _, _ = quantize(worked_example(), placement=placement, use_fast_bias=fast)
    original = worked_example()
    for sample in images(5, seed=4):
        expected, found = run(original, sample[None])[0], run(held.members[0].model, sample[None])[0]
        assert np.abs(found - expected).max() < 0.02


def test_the_keys_reach_the_parts():
    algorithm = DefaultQuantization(
        {
            "preset": "mixed",
            "stat_subset_size": 7,
            "threshold": 3.5,
            "seed": 2,
            "saturation_fix": "no",
            "placement": "pot",
        }
    )
    recipe = algorithm.recipe
    assert recipe.min_max.settings.preset == "mixed"
    assert recipe.min_max.settings.saturation_fix == "no"
    assert recipe.alignment.settings.stat_subset_size == recipe.bias.settings.stat_subset_size == 7
    assert recipe.bias.settings.threshold == 3.5
    assert algorithm.config["preset"] == "mixed"


@pytest.mark.parametrize(
    ("params", "kind", "threshold"),
    [
        ({"use_fast_bias": True}, FastBiasCorrection, 2.0),
        ({"use_fast_bias": False}, BiasCorrection, 1000.0),
        ({"placement": "pot"}, FastBiasCorrection, 2.0),
    ],
    ids=["fast", "accurate", "pot"],
)
def test_a_bias_correction_that_is_asked_for_takes_the_place_of_the_outputs(params, kind, threshold):
    bias = DefaultQuantization(params).recipe.bias
    assert (type(bias), bias.settings.threshold) == (kind, threshold)
    _, result, _ = quantize(tiny_cnn(), **params)
    assert result.evidence is None
    assert result.bias is not None


def test_new_parameters_reach_the_parts():
    algorithm = DefaultQuantization()
    algorithm.update_config({"use_fast_bias": False, "preset": "mixed"})
    assert isinstance(algorithm.recipe.bias, BiasCorrection)
    assert algorithm.recipe.min_max.settings.preset == "mixed"


def test_the_plan_needs_no_data():
    held = CompressedModel(graph=tiny_cnn())
    assert len(DefaultQuantization().plan(held).quantizers) == 6
    assert not held.snapshot().nodes_of_type("FakeQuantize")


def test_a_rate_that_cannot_be_is_refused_at_once():
    with pytest.raises(ConfigError, match="weights_lr"):
        DefaultQuantization({"weights_lr": -1})


def test_the_object_serves_several_models():
    loader = labelled_images(4)
    algorithm = DefaultQuantization({}, IEEngine({}, loader))
    first, second = CompressedModel(graph=tiny_cnn()), CompressedModel(graph=worked_example())
    algorithm.run(first)
    algorithm.run(second)
    assert len(second.snapshot().nodes_of_type("FakeQuantize")) == len(algorithm.result.min_max.quantizers)
    with pytest.raises(AlreadyQuantizedError):
        algorithm.run(first)


def test_equal_runs_give_equal_models():
    def constants(held):
        nodes = held.members[0].model.get_ordered_ops()
        return [node.data.tobytes() for node in nodes if node.get_type_name() == "Constant"]

    first, _, _ = quantize(worked_example(), shuffle_data=True, seed=3, stat_subset_size=4)
    second, _, _ = quantize(worked_example(), shuffle_data=True, seed=3, stat_subset_size=4)
    assert constants(first) == constants(second)


def test_engines_that_keep_their_data_to_themselves_get_the_fast_bias_correction():
    class Own(IEEngine):
        def _process_batch(self, batch):
            return super()._process_batch(batch)

    algorithm = DefaultQuantization({}, Own({}, labelled_images()))
    held = CompressedModel(graph=tiny_cnn())
    algorithm.run(held)
    assert isinstance(algorithm.recipe.bias, FastBiasCorrection)
    assert (algorithm.result.evidence, len(algorithm.result.bias.layers)) == (None, 3)
    assert held.snapshot().nodes_of_type("FakeQuantize")


def saved(tmp_path, name, requests, params=(), model=tiny_cnn):
    """The bytes of both files of a quantized model."""
    held = CompressedModel(graph=model())
    engine = IEEngine({"stat_requests_number": requests}, labelled_images(12))
    DefaultQuantization(dict(params), engine).run(held)
    held.save(tmp_path / name)
    return [next((tmp_path / name).rglob(f"*{suffix}")).read_bytes() for suffix in (".xml", ".bin")]


@pytest.mark.parametrize("params", [{}, {"max_output_error": 0.03}], ids=["default", "with repair"])
def test_equal_runs_save_equal_files_whatever_the_number_of_requests(tmp_path, params):
    first, *others = (saved(tmp_path, f"{n}_{count}", n, params) for count, n in enumerate((1, 1, 4, 4)))
    assert all(other == first for other in others)
