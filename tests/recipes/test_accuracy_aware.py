"""Quantization that may lose only so much: the drop is kept, the best model returned, and nothing ends in silence."""

import json
import logging
import re
from functools import cache

import numpy as np
import pytest

from metric_engines import Agreement, Distance, engine_with, held, measure_metrics, run_aware
from openpot.data.several_metrics import SeveralMetrics
from openpot.engine.base import Engine
from openpot.engine.openvino_engine import IEEngine
from openpot.errors import ConfigError, EngineError, MetricError, OpenPotWarning, UnknownNameError
from openpot.graph.model_digest import model_digest
from openpot.measure.executed_graph import read_executed_graph
from openpot.pipeline import create_pipeline
from openpot.recipes.accuracy_aware import AccuracyAwareCommon
from openpot.search.accuracy_records import SearchStatus
from openpot.search.search_journal import JOURNAL_NAME
from real_networks import outputs
from toy_models import images, worked_example

pytestmark = pytest.mark.usefixtures("quantized_once")


def quantizers(subject):
    return [node.name for node in subject.snapshot().nodes_of_type("FakeQuantize")]


@cache
def agreed_within(drop):
    """A run that several tests look at: its engine, the model and the result."""
    engine = engine_with(Agreement())
    return engine, *run_aware(engine, maximal_drop=drop)


def test_a_model_within_the_limit_stays_fully_quantized_and_costs_two_evaluations():
    engine = engine_with(Agreement())
    subject, result = run_aware(engine, maximal_drop=1.0)
    assert engine.metric.shown == 2 * 16
    assert result.status is SearchStatus.REACHED
    assert result.in_float == ()
    assert result.drops["agreement"] == pytest.approx(1 - measure_metrics(engine, subject)["agreement"], abs=1e-6)
    assert result.drops["agreement"] > 0.06  # what other tests allow
    assert len(result.evaluations) == 1
    assert len(quantizers(subject)) == len(result.quantization.min_max.quantizers) > 10


@pytest.mark.parametrize(("metric", "drop"), [(Agreement, 0.06), (Distance, 0.06), (Agreement, 0.03)])
def test_the_drop_is_kept_by_the_model_that_is_returned(metric, drop):
    if metric is Agreement:
        engine, subject, result = agreed_within(drop)
    else:
        subject, result = run_aware(engine := engine_with(metric()), maximal_drop=drop)
    name = metric.name
    assert result.status is SearchStatus.REACHED
    assert result.in_float
    again = measure_metrics(engine, subject)[name]
    assert again == pytest.approx(result.metrics[name], abs=1e-6)
    assert abs(again - result.baseline[name]) <= drop
    executed = read_executed_graph(subject.members[0].model)
    assert not any(executed[layer].is_integer for layer in result.in_float if layer in executed)
    assert len(result.quantization.min_max.quantizers) == len(quantizers(subject))
    reasons = {one.operation: one.quantized for one in result.quantization.min_max.plan.decisions}
    assert not any(reasons[layer] for layer in result.in_float if layer in reasons)


def test_no_more_than_needed_goes_back_to_float():
    loose, tight = (agreed_within(drop)[2] for drop in (0.06, 0.03))
    assert 0 < len(loose.in_float) < len(tight.in_float)


def test_everything_in_float_computes_what_the_original_does():
    engine = engine_with(Agreement())
    with pytest.warns(OpenPotWarning, match="no operation stays in 8 bits"):
        subject, result = run_aware(engine, maximal_drop=0.0)
    assert result.status is SearchStatus.REACHED
    assert quantizers(subject) == []
    before, after = (outputs(one, images()) for one in (worked_example(), subject.members[0].model))
    assert np.allclose(np.concatenate(before), np.concatenate(after), atol=1e-6)


def test_what_is_returned_is_the_best_that_was_seen_when_the_target_cannot_be_met():
    engine = engine_with(Agreement())
    with pytest.warns(OpenPotWarning, match="could not achieve the required accuracy drop"):
        subject, result = run_aware(
            engine, maximal_drop=0.01, metrics=[{"name": "agreement", "baseline_value": 1.5}], max_iter_num=50
        )
    assert result.status is SearchStatus.NOT_REACHED
    assert result.drops["agreement"] == min(one.drops["agreement"] for one in result.evaluations)
    assert measure_metrics(engine, subject)["agreement"] == pytest.approx(result.metrics["agreement"], abs=1e-6)
    assert "best model" in result.explanation
    assert result.explanation in result.warnings


def test_the_number_of_iterations_is_kept_and_the_best_of_them_returned():
    engine = engine_with(Agreement())
    for count in (0, 2):
        with pytest.warns(OpenPotWarning, match="max_iter_num is used up"):
            _, result = run_aware(engine, maximal_drop=1e-6, max_iter_num=count)
        assert result.status is SearchStatus.ITERATION_LIMIT
        assert len(result.evaluations) == 1 + count
        assert result.drops["agreement"] == min(one.drops["agreement"] for one in result.evaluations)


def test_a_zero_baseline_makes_a_relative_drop_absolute_and_says_so():
    engine = engine_with(Distance())
    with pytest.warns(OpenPotWarning, match="the drop of 0.1 is absolute"):
        _, result = run_aware(engine, maximal_drop=0.1, drop_type="relative")
    assert result.status is SearchStatus.REACHED
    assert result.baseline == {"distance": 0.0}
    assert 0 < result.metrics["distance"] <= 0.1


def test_a_relative_drop_is_a_share_of_the_baseline():
    """A share of 1.2 that all of INT8 just keeps is less than the same number as an absolute drop allows."""
    engine = engine_with(Agreement())
    _, full = run_aware(engine, maximal_drop=1.0)
    stated = [{"name": "agreement", "baseline_value": 1.2}]
    drop = 1 - (full.metrics["agreement"] - 0.005) / 1.2
    _, result = run_aware(engine, maximal_drop=drop, drop_type="relative", metrics=stated)
    assert result.status is SearchStatus.REACHED
    assert result.in_float == ()
    _, result = run_aware(engine, maximal_drop=drop, metrics=stated)
    assert result.metrics["agreement"] >= 1.2 - drop
    assert result.in_float


class Spoiled(Agreement):
    """Gives NaN, or raises, from a certain evaluation on."""

    def __init__(self, spoiled_from, answer):
        self.evaluations, self.spoiled_from, self.answer = 0, spoiled_from, answer
        super().__init__()

    @property
    def avg_value(self):
        self.evaluations += 1
        if self.evaluations >= self.spoiled_from:
            if self.answer is None:
                raise ZeroDivisionError("no boxes")
            return {"agreement": self.answer}
        return super().avg_value


def test_a_metric_that_is_no_number_stops_the_search_at_once():
    with pytest.warns(OpenPotWarning, match="the search stopped, because the value of agreement is nan"):
        subject, result = run_aware(engine_with(Spoiled(2, float("nan"))), maximal_drop=0.01)
    assert result.status is SearchStatus.METRIC_NOT_FINITE
    assert (result.variant, result.metrics) == ("quantized", None)
    assert len(quantizers(subject)) > 10
    assert len(result.evaluations) == 1
    assert result.evaluations[0].metrics is None


def test_a_metric_that_is_no_number_later_leaves_the_best_model_so_far():
    with pytest.warns(OpenPotWarning, match="the value of agreement is -inf.*the best model that was seen is kept"):
        subject, result = run_aware(engine_with(Spoiled(3, float("-inf"))), maximal_drop=0.01)
    assert result.status is SearchStatus.METRIC_NOT_FINITE
    assert result.variant == "quantized"
    assert result.metrics == result.evaluations[0].metrics
    assert len(quantizers(subject)) > 10


def test_a_metric_that_is_no_number_for_the_original_model_is_refused():
    model = held()
    engine = engine_with(Spoiled(1, float("nan")))
    with pytest.raises(MetricError, match="the value of agreement is nan"):
        create_pipeline([{"name": "AccuracyAwareQuantization"}], engine).run(model)
    assert quantizers(model) == []


def test_a_metric_that_raises_loses_nothing():
    with pytest.warns(OpenPotWarning, match=r"ZeroDivisionError: no boxes\): the quantized model is kept"):
        subject, result = run_aware(engine_with(Spoiled(2, None)), maximal_drop=0.01)
    assert result.status is SearchStatus.METRIC_FAILED
    assert len(quantizers(subject)) > 10
    assert result.metrics is None
    with pytest.warns(OpenPotWarning, match="the best model that was seen is kept"):
        subject, result = run_aware(engine_with(Spoiled(9, None)), maximal_drop=0.01)
    assert result.status is SearchStatus.METRIC_FAILED
    assert result.metrics["agreement"] == max(one.metrics["agreement"] for one in result.evaluations if one.metrics)


def test_several_metrics_are_kept_at_once_each_in_its_direction():
    engine = engine_with(SeveralMetrics([Agreement(), Distance()]))
    _, result = run_aware(engine, maximal_drop=0.06)
    assert result.status is SearchStatus.REACHED
    assert all(drop <= 0.06 for drop in result.drops.values())
    assert sorted(result.metrics) == ["agreement", "distance"]
    _, named = run_aware(engine, maximal_drop=0.06, metrics=["distance"])
    assert list(named.metrics) == ["distance"]


@pytest.mark.usefixtures("compiled_anew")
def test_two_runs_give_the_same_model_and_the_same_records():
    runs = [agreed_within(0.06)[1:], run_aware(engine_with(Agreement(), eval_requests_number=3), maximal_drop=0.06)]
    digests = [model_digest(subject.members[0].model) for subject, _ in runs]
    assert digests[0] == digests[1]
    assert runs[0][1].in_float == runs[1][1].in_float
    assert runs[0][1].evaluations == runs[1][1].evaluations


class Killed(BaseException):
    pass


class DyingMetric(Agreement):
    """Ends the process at its n-th value."""

    def __init__(self, dies_at):
        self.left = dies_at
        super().__init__()

    @property
    def avg_value(self):
        self.left -= 1
        if self.left == 0:
            raise Killed
        return super().avg_value


@cache
def run_without_an_end():
    metric = DyingMetric(0)
    return metric, *run_aware(engine_with(metric), maximal_drop=0.03)


@pytest.mark.parametrize("dies_at", [2, 3, 8, 14])
def test_a_killed_run_goes_on_where_it_was(tmp_path, dies_at):
    engine = engine_with(DyingMetric(dies_at))
    with pytest.raises(Killed):
        run_aware(engine, maximal_drop=0.03, exec_log_dir=str(tmp_path))
    known = len((tmp_path / JOURNAL_NAME).read_text().splitlines()) - 1  # the first line says what the data are
    assert known == dies_at - 1
    resumed_metric = DyingMetric(0)
    resumed, result = run_aware(engine_with(resumed_metric), maximal_drop=0.03, exec_log_dir=str(tmp_path))
    whole_metric, whole, expected = run_without_an_end()
    # the first evaluation is made again: it tells whether data and metric are still the same
    assert resumed_metric.left == whole_metric.left + known - 1
    assert model_digest(resumed.members[0].model) == model_digest(whole.members[0].model)
    assert result.in_float == expected.in_float
    lines = [json.loads(line) for line in (tmp_path / JOURNAL_NAME).read_text().splitlines()]
    assert len({line["key"] for line in lines}) == len(lines)


def test_a_journal_of_other_data_is_not_used(tmp_path, caplog):
    data = {"best": 1.0}

    class FromOutside(Agreement):
        def score(self, distance):
            return data["best"] - 2 * distance

    run_aware(engine_with(FromOutside()), maximal_drop=0.1, exec_log_dir=str(tmp_path))
    data["best"] = 0.9
    with caplog.at_level(logging.WARNING):
        _, result = run_aware(engine_with(FromOutside()), maximal_drop=0.1, exec_log_dir=str(tmp_path))
    assert "the journal is not used" in caplog.text
    assert result.baseline["agreement"] == pytest.approx(0.9)
    assert not any(one.resumed for one in result.evaluations)


def test_nothing_is_written_unless_a_folder_is_stated(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run_aware(engine_with(Agreement()), maximal_drop=0.1)
    assert list(tmp_path.iterdir()) == []


def test_the_best_model_so_far_is_saved_where_that_is_asked_for(tmp_path):
    run_aware(engine_with(Agreement()), maximal_drop=0.1, exec_log_dir=str(tmp_path), dump_intermediate_model=True)
    folder = tmp_path / "accuracy_aware_intermediate"
    assert {path.name for path in folder.iterdir()} >= {"intermediate_model.xml", "intermediate_model.bin"}


def test_outputs_are_kept_without_annotations():
    engine = IEEngine({"device": "CPU"}, engine_with(Agreement()).data_loader)
    errors = {}
    for drop in (0.05, 0.5):
        _, result = run_aware(engine, maximal_drop=drop, annotation_free=True)
        assert result.status is SearchStatus.REACHED
        assert result.metrics["output error"] <= drop
        errors[drop] = (result.metrics["output error"], len(result.in_float))
    assert errors[0.05][0] < errors[0.5][0]
    assert errors[0.05][1] > errors[0.5][1]


def test_other_settings_are_tried_before_anything_goes_back_to_float():
    _, _, plain = agreed_within(0.06)
    _, tuned = run_aware(engine_with(Agreement()), maximal_drop=0.09, tune_hyperparams=True)
    assert tuned.status is SearchStatus.REACHED
    variants = [one.variant for one in tuned.evaluations]
    assert variants[0] == "quantized"
    assert any(name.startswith("tuned:") for name in variants)
    starts = {one.variant: one.drops["agreement"] for one in tuned.evaluations if not one.in_float}
    assert starts[tuned.variant] == min(starts.values()) <= plain.evaluations[0].drops["agreement"]


def test_the_mixed_preset_is_tried_where_activations_are_symmetric():
    engine = engine_with(Agreement())
    with pytest.warns(OpenPotWarning, match="max_iter_num is used up"):
        _, result = run_aware(
            engine, maximal_drop=1e-3, convert_to_mixed_preset=True, target_device="GPU", max_iter_num=1
        )
    variants = [one.variant for one in result.evaluations]
    assert variants[:2] == ["quantized", "mixed"]
    _, result = run_aware(engine, maximal_drop=0.1, convert_to_mixed_preset=True, target_device="CPU")
    assert {one.variant for one in result.evaluations} == {"quantized"}


def test_log_lines_come_in_the_order_that_scripts_look_for(caplog):
    with caplog.at_level(logging.INFO):
        run_aware(engine_with(Agreement()), maximal_drop=0.06)
    text = caplog.text
    layers = re.search(r"quantized operations in the graph: (\d+)", text)[1]
    wanted = (
        "Start original model inference", "Baseline metrics: {'agreement'", "Start quantization",
        "Start compressed model inference", "Fully quantized metrics: {'agreement'", "Accuracy drop: {'agreement'",
        "The total number of quantized operations in the graph: ", "Changing fake quantize nodes scope",
        "Optimizing agreement metric", "layers to the floating-point precision: ",
        "Accuracy drop with the new quantization scope is {'agreement'",
        f"out of {layers} layers have been reverted back to the floating-point precision: ",
    )  # fmt: skip
    places = [text.find(line) for line in wanted]
    assert -1 not in places
    assert places == sorted(places)


class OwnEngine(Engine):
    """An engine of a user's own that keeps its inferences to itself."""

    def __init__(self, inner):
        super().__init__({}, inner.data_loader, inner.metric)
        self.inner, self.evaluated = inner, []

    def set_model(self, model):
        self.inner.set_model(model)

    def predict(self, stats_layout=None, sampler=None, metric_per_sample=False, print_progress=False):
        if not stats_layout:
            self.evaluated.append(0 if sampler is None else len(list(sampler)))
        return self.inner.predict(stats_layout, sampler, None, metric_per_sample, print_progress)


def test_an_engine_of_one_s_own_evaluates_models_that_are_really_made():
    engine = OwnEngine(engine_with(Agreement(), count=8))
    subject, result = run_aware(engine, maximal_drop=0.1, ranking_subset_size=3)
    assert result.status is SearchStatus.REACHED
    assert measure_metrics(engine.inner, subject)["agreement"] >= 1 - 0.1
    assert engine.evaluated.count(3) >= 1 + 6  # the start and each unit on three samples, one model each
    with pytest.raises(EngineError, match="OwnEngine is another kind of engine"):
        run_aware(engine, annotation_free=True)


@pytest.mark.parametrize(
    ("params", "error", "text"),
    [
        ({"metrics": [{"name": "agrement"}]}, UnknownNameError, "did you mean 'agreement'"),
        ({"maximal_drop": -1}, ConfigError, "maximal_drop"),
        ({"drop_type": "percent"}, ConfigError, "absolute"),
        ({"maximal_dorp": 1}, UnknownNameError, "did you mean 'maximal_drop'"),
    ],
    ids=["metric", "drop", "type", "key"],
)
def test_wrong_parameters_are_refused_before_any_inference(params, error, text):
    engine = engine_with(Agreement())
    with pytest.raises(error, match=text):
        create_pipeline([{"name": "AccuracyAwareQuantization", "params": params}], engine)
    assert not hasattr(engine.metric, "shown")


def test_a_metric_is_needed_and_its_direction():
    class Directionless(Agreement):
        def get_attributes(self):
            return {"agreement": {"type": "distance"}}

    with pytest.raises(EngineError, match="has no metric"):
        AccuracyAwareCommon({}, IEEngine({"device": "CPU"}, engine_with(Agreement()).data_loader))
    with pytest.raises(MetricError, match="must be 'higher-better' or 'higher-worse'"):
        AccuracyAwareCommon({}, engine_with(Directionless()))


def test_min_max_can_be_the_base():
    _, result = run_aware(engine_with(Agreement()), maximal_drop=0.3, base_algorithm="MinMaxQuantization")
    assert result.status is SearchStatus.REACHED
    assert result.quantization.quantizers


def test_keys_that_decided_about_steps_back_and_labels_change_nothing():
    keys = {"use_prev_if_drop_increase": False, "annotation_conf_threshold": 0.9}
    runs = [agreed_within(0.06)[1:], run_aware(engine_with(Agreement()), maximal_drop=0.06, **keys)]
    plain, with_keys = ((model_digest(subject.members[0].model), result.in_float) for subject, result in runs)
    assert plain == with_keys
