"""Grid search over range estimators and bias corrections."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import openpot
from metric_engines import Agreement, Distance, engine_with, held
from openpot.config.optimization import ParamsGridSearchConfig
from openpot.config.quantizer_override import QuantizerOverrideConfig
from openpot.engine.call_predict import call_predict
from openpot.engine.openvino_engine import IEEngine
from openpot.errors import MetricError, UnknownNameError
from openpot.graph.model import CompressedModel
from openpot.graph.model_digest import model_digest
from openpot.pipeline import create_pipeline
from openpot.recipes.params_grid_search import AS_STATED, ParamsGridSearchAlgorithm, compute_relative_change
from openpot.rewrites.read_limits import read_limits
from openpot.search.runtime_faults import CHECKED_SAMPLES
from real_networks import lines_of_text, outputs, text_direction
from toy_engines import ListLoader
from toy_models import tiny_cnn

CLIPPED = {"range_estimator": {"preset": "quantile", "min": {"outlier_prob": 0.05}, "max": {"outlier_prob": 0.05}}}
"""Cuts so much off the ranges that every trial of the grid is better, whatever the processor rounds."""


def searched(engine, model=None, **params):
    subject = held(model)
    pipeline = create_pipeline([{"name": "ParamsGridSearchAlgorithm", "params": params}], engine)
    pipeline.run(subject)
    return subject, pipeline.algo_seq[0].result


def measured(engine, subject):
    engine.set_model(subject)
    return call_predict(engine)[0]


@pytest.mark.parametrize("metric", [Agreement, Distance], ids=["higher better", "lower better"])
def test_the_best_of_all_trials_is_returned(metric):
    engine = engine_with(metric())
    subject, result = searched(engine, base_algorithm="MinMaxQuantization", activations=CLIPPED)
    assert len(result.trials) == 10
    assert result.trials[0].name == AS_STATED
    scores = {one.name: one.score for one in result.trials}
    assert scores[result.chosen] == max(scores.values()) > 0.1
    chosen = next(one for one in result.trials if one.name == result.chosen)
    assert measured(engine, subject)[metric.name] == pytest.approx(chosen.metrics[metric.name], abs=1e-5)


@pytest.mark.usefixtures("every_setting")
def test_ranges_of_all_estimators_are_observed_in_one_pass():
    engine = engine_with(Agreement())
    loader = engine.data_loader
    searched(engine, base_algorithm="MinMaxQuantization")
    assert len(loader.calls) == 16 + 10 * 16 + CHECKED_SAMPLES
    loader.calls.clear()
    searched(engine, base_algorithm="MinMaxQuantization", optimization_subset_size=4, stat_subset_size=8)
    assert len(loader.calls) == 8 + 10 * 4 + CHECKED_SAMPLES


@pytest.mark.parametrize("placement", ["openpot", "pot"])
def test_bias_corrections_follow_on_the_best_ranges(placement):
    model = tiny_cnn()
    engine = engine_with(Agreement(), model, count=8)
    _, result = searched(engine, model, placement=placement, max_output_error=10.0)
    names = [one.name for one in result.trials]
    assert len(names) == 12
    best = max(result.trials[:10], key=lambda one: one.score).name
    assert names[10:] == [f"{best}, fast bias correction", f"{best}, accurate bias correction"]
    assert result.chosen == max(result.trials, key=lambda one: one.score).name


def test_what_is_stated_about_activations_stays_where_pot_forgot_it():
    activations = {"mode": "symmetric", **CLIPPED}
    subject, result = searched(engine_with(Agreement()), base_algorithm="MinMaxQuantization", activations=activations)
    assert result.chosen != AS_STATED
    data = [one.name for one in result.quantization.quantizers if one.planned.kind == "activations"]
    limits = [read_limits(subject.members[0].model, name) for name in data]
    assert all(
        np.all((one.input_low == 0) | np.isclose(one.input_low, -one.input_high * 128 / 127, rtol=1e-5))
        for one in limits
    )


class NoNumber(Agreement):
    """NaN in its n-th evaluation."""

    def __init__(self, at):
        self.left = at
        super().__init__()

    @property
    def avg_value(self):
        self.left -= 1
        return {self.name: float("nan")} if self.left == 0 else super().avg_value


def test_a_trial_without_a_number_is_not_chosen():
    _, result = searched(engine_with(NoNumber(4)), base_algorithm="MinMaxQuantization")
    assert [one.metrics is None for one in result.trials] == [number == 3 for number in range(10)]
    assert result.trials[3].score == -np.inf
    assert result.chosen != result.trials[3].name


def test_without_a_number_for_the_first_model_there_is_nothing_to_compare_with():
    subject = held()
    with pytest.raises(MetricError, match="the value of agreement is nan"):
        create_pipeline([{"name": "ParamsGridSearchAlgorithm"}], engine_with(NoNumber(1), count=4)).run(subject)
    assert not subject.snapshot().nodes_of_type("FakeQuantize")


def test_names_of_metrics_are_checked_at_once():
    with pytest.raises(UnknownNameError, match="did you mean 'agreement'"):
        ParamsGridSearchAlgorithm({"metrics": ["agreemnt"]}, engine_with(Agreement()))


def test_changes_are_relative_and_counted_in_the_direction_of_the_metric():
    directions = {"a": True, "b": False}
    assert compute_relative_change({"a": 1.1, "b": 4.0}, {"a": 1.0, "b": 2.0}, directions) == pytest.approx(
        (0.1 - 1) / 2
    )
    assert compute_relative_change({"a": 0.5}, {"a": 0.0}, {"a": True}) == 0.5


def test_a_setting_of_its_own_does_not_leak_into_the_base():
    config = ParamsGridSearchConfig(optimization_subset_size=3, activations=QuantizerOverrideConfig(bits=8))
    assert ParamsGridSearchAlgorithm(config)._choose_base_settings().activations.bits == 8


def test_a_real_network_comes_closer_to_its_original_on_held_out_samples_too():
    model, _ = text_direction()
    samples = lines_of_text(16)
    answers = outputs(model, samples)
    pairs = list(zip(samples, answers, strict=True))
    tried, held_out = (IEEngine({"device": "CPU"}, ListLoader(part), Distance()) for part in (pairs[:8], pairs[8:]))

    def distances(name, **params):
        subject = CompressedModel(graph=model.clone())
        pipeline = create_pipeline([{"name": name, "params": {"activations": CLIPPED, **params}}], tried)
        pipeline.run(subject)
        return [measured(engine, subject)["distance"] for engine in (tried, held_out)], pipeline.algo_seq[0].result

    before, _ = distances("MinMaxQuantization")
    after, result = distances("ParamsGridSearchAlgorithm", base_algorithm="MinMaxQuantization")
    assert result.chosen != AS_STATED
    assert after[0] < 0.3 * before[0]
    assert after[1] < 0.3 * before[1]


def test_workers_find_the_same():
    params = {"base_algorithm": "MinMaxQuantization", "optimization_subset_size": 4, "stat_subset_size": 8}
    alone, expected = searched(engine_with(Agreement()), **params)
    with ThreadPoolExecutor(2) as executor, openpot.shared_with(executor):
        subject, result = searched(engine_with(Agreement()), **params)
    assert result.trials == expected.trials
    assert model_digest(subject.members[0].model) == model_digest(alone.members[0].model)
