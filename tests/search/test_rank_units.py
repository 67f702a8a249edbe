"""Scores of units: what the trial graph tells is what models that are really made would tell."""

import pytest

from metric_engines import Agreement, engine_with, held, variant_of
from openpot.search.accuracy_target import MetricLimit
from openpot.search.evaluation_journal import EvaluationJournal
from openpot.search.model_meter import ModelMeter
from openpot.search.rank_units import UnitRanking, switched_graph

LIMIT = MetricLimit("agreement", True, 1.0, 0.0)
ITEMS = (1, 4, 5, 11)


def ranking(engine, variant, journal=None):
    meter = ModelMeter(engine, ["agreement"], EvaluationJournal(None) if journal is None else journal)
    return UnitRanking(meter, held(), variant, ITEMS), meter


def test_switching_tells_the_metric_of_the_model_that_would_be_made():
    variant, engine = variant_of(), engine_with(Agreement())
    ranked, meter = ranking(engine, variant)
    for in_float in ([], [variant.units[0]], list(variant.units[2:5]), list(variant.units)):
        switched = ranked._score(in_float).metrics["agreement"]
        made = meter.measure_items(variant.with_units_in_float(in_float), ITEMS)["agreement"]
        assert switched == pytest.approx(made, abs=0.01)
    assert ranked._score(list(variant.units)).error == pytest.approx(0, abs=1e-4)
    assert ranked._score([]).error > 0.02


def test_one_graph_is_compiled_for_all_units(monkeypatch):
    from openpot.engine import metric_trial

    compiled = []
    inner = metric_trial.compile_model
    monkeypatch.setattr(metric_trial, "compile_model", lambda *a, **k: compiled.append(1) or inner(*a, **k))
    variant = variant_of()
    ranked, _ = ranking(engine_with(Agreement()), variant)
    order = ranked.ordered([], LIMIT)
    again = ranked.ordered([order[0]], LIMIT)
    assert len(compiled) == 1
    assert sorted(order, key=variant.units.index) == list(variant.units)
    assert set(again) == set(order[1:])
    assert ranked.inferences == (1 + len(order) + len(again)) * len(ITEMS)


def test_the_first_unit_is_the_one_whose_return_raises_the_metric_most():
    variant, engine = variant_of(), engine_with(Agreement())
    ranked, meter = ranking(engine, variant)
    made = {
        unit: meter.measure_items(variant.with_units_in_float([unit]), ITEMS)["agreement"] for unit in variant.units
    }
    best = ranked.ordered([], LIMIT)[0]
    assert made[best] >= max(made.values()) - 0.01
    alone = {
        unit: meter.measure_items(variant.with_units_in_float([o for o in variant.units if o is not unit]), ITEMS)
        for unit in variant.units
    }
    worst = ranked.worst_alone(LIMIT)[0]
    assert alone[worst]["agreement"] <= min(one["agreement"] for one in alone.values()) + 0.01


def test_scores_come_from_the_journal_where_they_are_known(tmp_path):
    variant = variant_of()
    order = ranking(engine_with(Agreement()), variant, EvaluationJournal(tmp_path))[0].ordered([], LIMIT)
    engine = engine_with(Agreement())
    known, _ = ranking(engine, variant, EvaluationJournal(tmp_path))
    assert known.ordered([], LIMIT) == order
    assert known.inferences == 0
    assert not hasattr(engine.metric, "shown")


def test_weights_have_switches_and_shifted_layers_their_shifts():
    variant = variant_of()
    graph = switched_graph(variant)
    names = {one.name for one in variant.done.quantizers}
    assert {key[0] for key in graph.controls if isinstance(key, tuple)} == names
    assert set(graph.targets) == set(variant.shifts)
