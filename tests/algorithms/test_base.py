"""The base class that users subclass."""

import pytest

from openpot.algorithms.base import Algorithm
from openpot.algorithms.context import Calibration, PipelineContext
from openpot.attribute_dict import AttributeDict
from openpot.graph.model import CompressedModel
from toy_models import tiny_cnn


class Nothing(Algorithm):
    name = "Nothing"

    def run(self, model):
        return model


def test_the_config_is_a_copy_readable_by_key_and_attribute():
    given = {"preset": "mixed", "ignored": {"scope": ["a"]}}
    algorithm = Nothing(given, engine="engine")
    given["ignored"]["scope"].append("b")
    assert isinstance(algorithm.config, AttributeDict)
    assert algorithm.config["preset"] == algorithm.config.preset == "mixed"
    assert algorithm.config.ignored.scope == ["a"]
    assert algorithm._config is algorithm.config
    assert algorithm._engine == "engine"


def test_update_config_replaces_the_parameters():
    algorithm = Nothing({"preset": "mixed", "seed": 3})
    algorithm.update_config({"preset": "performance"})
    assert dict(algorithm.config) == {"preset": "performance"}


def test_subclasses_need_only_run():
    model = CompressedModel(graph=tiny_cnn())
    algorithm = Nothing()
    algorithm.prepare(model)
    algorithm.register_statistics(model, "collector")
    algorithm.receive_calibration(Calibration())
    algorithm.compute_total_exec_steps(model)
    assert algorithm.run(model) is model
    assert algorithm.algo_collector == "collector"
    assert algorithm.required_statistics(model) == ()
    assert algorithm.calibration_subset() is None
    assert not algorithm.change_original_model
    assert not algorithm.needs_original
    assert (algorithm.statistics(), algorithm.get_parameter_meta(model)) == ({}, ())
    assert (algorithm.algo_type, algorithm.result, algorithm.params) == ("quantization", None, {})


def test_the_context_passes_through_unchanged():
    context = PipelineContext(frozenset({"conv"}))
    algorithm = Nothing()
    assert algorithm.context == PipelineContext()
    algorithm.receive_context(context)
    assert algorithm.context is context
    assert algorithm.extend_context(context) is context


def test_an_algorithm_without_run_cannot_be_made():
    class Unfinished(Algorithm):
        name = "Unfinished"

    with pytest.raises(TypeError, match="abstract"):
        Unfinished()
