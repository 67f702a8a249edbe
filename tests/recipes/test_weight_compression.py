"""WeightCompression as a step of a pipeline."""

import pytest

from compressible_models import language_model, token_samples
from openpot.engine.openvino_engine import IEEngine
from openpot.errors import ConfigError, OpenPotWarning
from openpot.graph.model import CompressedModel
from openpot.graph.stored_size import count_stored_bytes
from openpot.pipeline import create_pipeline
from toy_models import tiny_cnn


@pytest.fixture(autouse=True)
def no_timing(monkeypatch):
    monkeypatch.setattr("openpot.compression.judge_result.SECONDS_OF_TIMING", 0.0)


def compress(model, engine=None, **params):
    held = CompressedModel(graph=model)
    pipeline = create_pipeline([{"name": "WeightCompression", "params": params}], engine)
    pipeline.run(held)
    return held.members[0].model, pipeline.algo_seq[0].result


def test_weights_are_stored_in_the_format_that_is_stated():
    model, (result,) = compress(language_model(), weight_format="int4_sym", ignored={"scope": ["down"]})
    assert {entry.choice.weights.name: entry.choice.weight_format.name for entry in result.stored} == {
        "embedding": "int8_asym",
        "up": "int4_sym",
    }
    assert count_stored_bytes(model) < 0.5 * count_stored_bytes(language_model())
    assert result.loss is None


def test_data_of_the_engine_choose_codes_and_judge():
    engine = IEEngine({"device": "CPU"}, [(sample, None) for sample in token_samples(10)])
    _, (result,) = compress(language_model(), engine, max_size="5 bits", min_agreement=0)
    assert result.loss.samples == 2
    assert result.curve.chosen.bits_per_weight <= 5


def test_a_result_that_loses_too_much_misses_its_target_and_the_warning_says_what_to_do():
    engine = IEEngine({"device": "CPU"}, [(sample, None) for sample in token_samples(10)])
    pipeline = create_pipeline([{"name": "WeightCompression", "params": {"max_output_error": 1e-9}}], engine)
    assert not pipeline.algo_seq[0].misses_target
    with pytest.warns(OpenPotWarning, match="allow a larger max_size, or more loss"):
        pipeline.run(CompressedModel(graph=language_model()))
    assert pipeline.algo_seq[0].misses_target


def test_a_model_without_such_weights_is_left_alone_with_a_warning():
    with pytest.warns(OpenPotWarning, match="no weights"):
        _, result = compress(tiny_cnn())
    assert result == ()


@pytest.mark.parametrize("params", [{"weight_format": "int5"}, {"max_size": "4"}, {"group_size": 1}])
def test_what_is_not_possible_is_refused_before_anything_runs(params):
    with pytest.raises(ConfigError):
        create_pipeline([{"name": "WeightCompression", "params": params}])
