"""A repair is judged by the model that it makes, as the device runs it."""

import pytest

from openpot.graph.model import CompressedModel
from openpot.search.evidence import Evidence
from openpot.search.measured_repair import MeasuredRepair
from openpot.search.trial import Trial
from openpot.search.trial_subject import WIDEST
from quantized_toys import outlier_toy


@pytest.fixture(scope="module")
def outlier():
    return outlier_toy()


def repaired(toy, budget):
    trial = Trial(toy.subject, toy.outputs)
    choice = dict.fromkeys(toy.subject.candidates, WIDEST)
    evidence = Evidence("widest", {}, {}, trial.measure_error(choice, {}), trial.num_validation_samples, budget=budget)
    repair = MeasuredRepair(toy.subject, trial, CompressedModel(graph=toy.model), toy.done, "ANY")
    return repair.run(choice, evidence, budget)


def is_whole(toy, saved):
    """Whether all activations are quantized."""
    return sum(node.get_type_name() == "FakeQuantize" for node in saved.get_ops()) == len(toy.activations)


def test_what_is_at_fault_is_reverted_and_nothing_is_said(outlier):
    outcome = repaired(outlier, 0.1)
    assert [unit.operations for unit, _ in outcome.evidence.repair.units] == [("first",)]
    assert outcome.evidence.error <= 0.1
    assert outcome.warnings == ()


def test_where_the_device_is_further_off_than_the_trial_more_is_reverted(outlier, monkeypatch):
    measure, calls = Trial.measure_model_error, []

    def first_too_large(trial, model):
        calls.append(measure(trial, model))
        return 1.0 if len(calls) == 1 else calls[-1]

    monkeypatch.setattr(Trial, "measure_model_error", first_too_large)
    outcome = repaired(outlier, 0.1)
    assert len(calls) > 1
    assert outcome.evidence.error <= 0.1
    assert outcome.warnings == ()


def test_a_missed_budget_is_a_warning_with_both_figures(outlier, monkeypatch):
    monkeypatch.setattr(Trial, "measure_model_error", lambda _, model: 0.9 if is_whole(outlier, model) else 0.5)
    (warning,) = repaired(outlier, 0.1).warnings
    assert "0.500" in warning
    assert "max_output_error 0.100" in warning


def test_a_repair_that_makes_nothing_better_is_dropped(outlier, monkeypatch):
    monkeypatch.setattr(Trial, "measure_model_error", lambda _, model: 0.3 if is_whole(outlier, model) else 0.5)
    outcome = repaired(outlier, 0.1)
    assert outcome.evidence.repair is None
    assert set(outcome.choice.values()) == {WIDEST}
    assert "0.300" in outcome.warnings[0]
