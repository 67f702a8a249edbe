"""What subclasses of POT's accuracy-aware algorithms read and call."""

import warnings

import pytest

from openpot.errors import OpenPotWarning
from openpot.graph.model import CompressedModel
from openvino.tools.pot import AccuracyAwareCommon, AccuracyAwareQuantization, IEEngine, create_pipeline
from openvino.tools.pot.algorithms.algorithm_selector import COMPRESSION_ALGORITHMS
from openvino.tools.pot.graph.model_utils import get_nodes_by_type
from toy_engines import LabelMetric, labelled_images
from toy_models import tiny_cnn

CONFIG = {"stat_subset_size": 4, "maximal_drop": 0.5}
NAME = "label"


@pytest.fixture
def engine():
    return IEEngine({"device": "CPU"}, labelled_images(4), LabelMetric())


@pytest.fixture
def algorithm(engine):
    return AccuracyAwareQuantization(CONFIG, engine)


@pytest.fixture
def model():
    return CompressedModel(graph=tiny_cnn())


@pytest.fixture
def name(engine):
    return next(iter(engine.get_metrics_attributes()))


def test_metrics_are_described_as_pot_described_them(algorithm, name):
    config = algorithm._metrics_config[name]
    assert config.name == config.persample.name == config.ranking.name == name
    assert config.comparator(2.0) == 2.0
    assert config.is_special is False
    assert list(config.persample.sort_fn([3.0, 1.0, 2.0], [0.0, 0.0, 0.0], reverse=True)) == [0, 2, 1]
    assert algorithm._dataset_size == 4
    assert algorithm._diff_subset_indices == [0, 1, 2, 3]


def test_baselines_and_limits_are_those_that_are_stated_and_then_those_that_were_measured(engine, model, name):
    stated = AccuracyAwareQuantization({**CONFIG, "metrics": [{"name": name, "baseline_value": 2.0}]}, engine)
    assert (stated._baseline_metric, stated._max_drop_by_name) == ({name: 2.0}, {name: 0.5})
    relative = AccuracyAwareQuantization({**CONFIG, "drop_type": "relative"}, engine)
    assert relative._baseline_metric == {}
    relative.run(model)
    assert relative._baseline_metric == dict(relative.result.baseline)
    assert relative._max_drop_by_name[name] == pytest.approx(0.5 * relative.result.baseline[name])
    assert relative._quantized_layers_num == relative.result.quantized_operations > 0


def test_a_subclass_measures_and_quantizes_step_by_step(algorithm, model, name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    algorithm._baseline_metric, values = algorithm._collect_baseline(model, print_progress=False)
    assert len(values[name]) == 4
    quantized, drops, values = algorithm._quantize_and_evaluate(model.copy(), algorithm._quantize_model, False)
    assert get_nodes_by_type(quantized, ["FakeQuantize"])
    assert set(drops) == set(values) == {name}
    assert algorithm._get_num_of_quantized_ops(quantized) > algorithm._get_num_of_quantized_ops(model) == 0
    assert algorithm._drop_restrictions_are_met({name: 0.5})
    assert not algorithm._drop_restrictions_are_met({name: 0.6})
    assert len(algorithm._calculate_per_sample_metrics(model, [1, 2])[name]) == 2
    assert len(algorithm._evaluate_model(model, per_sample_subset_indices=[3])[1][name]) == 1
    algorithm._save_intermediate_model(quantized)
    assert (tmp_path / "accuracy_aware_intermediate" / "intermediate_model.xml").exists()


def test_the_base_algorithm_is_made_as_it_is_named(engine):
    algorithm = AccuracyAwareCommon({**CONFIG, "base_algorithm": "MinMaxQuantization"}, engine)
    assert type(algorithm._quantization_algo).__name__ == "MinMaxQuantization"
    assert algorithm._quantization_algo.name == "AAQuantizationAlgorithm"
    assert algorithm._quantization_algo.config["stat_subset_size"] == 4


def test_what_a_subclass_sets_wins(engine):
    class Stated(AccuracyAwareCommon):
        def __init__(self, config, engine):
            super().__init__(config, engine)
            self._diff_subset_indices = [0]
            self._metrics_config["extra"] = {"name": "extra"}

    made = Stated(CONFIG, engine)
    assert made._diff_subset_indices == [0]
    assert "extra" in made._metrics_config


def test_what_has_no_effect_is_told_when_it_is_set(engine):
    class Flagged(AccuracyAwareCommon):
        def __init__(self, config, engine):
            super().__init__(config, engine)
            self._need_to_change_scope = False

    with pytest.warns(OpenPotWarning, match=r"_need_to_change_scope has no effect.*max_iter_num"):
        Flagged(CONFIG, engine)


@pytest.mark.parametrize(
    ("replaced", "told"),
    [
        ("_drop_restrictions_are_met", "the search does not call: replace run"),
        ("_evaluate_model", "the search does not call: replace run"),
        ("_get_node_importance", "Instead: result.evaluations"),
        ("_modify_model_in_scope", "Instead: result.in_float"),
    ],
)
def test_a_replaced_step_that_nothing_calls_is_told(replaced, told):
    with pytest.warns(OpenPotWarning, match=told):
        type("Mine", (AccuracyAwareQuantization,), {replaced: lambda self: None})


def test_a_subclass_that_replaces_run_is_registered_and_used(engine, model):
    with warnings.catch_warnings():
        warnings.simplefilter("error")

        @COMPRESSION_ALGORITHMS.register("HalfWay")
        class HalfWay(AccuracyAwareCommon):
            name = "HalfWay"

            def run(self, model):
                self.seen = self._evaluate_model(model)[0]
                return self._quantize_model(model)

    try:
        pipeline = create_pipeline([{"name": "HalfWay", "params": CONFIG}], engine)
        result = pipeline.run(model)
    finally:
        from openpot.registry import COMPRESSION_ALGORITHMS as ALL

        for registry in (COMPRESSION_ALGORITHMS, ALL):
            registry.registry_dict.pop("HalfWay")
    assert get_nodes_by_type(result, ["FakeQuantize"])
    assert pipeline.algo_seq[0].seen
