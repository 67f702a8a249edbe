"""Scores of units: what the trial graph tells is what models that are really made would tell."""

import numpy as np
import pytest

from metric_engines import Agreement, engine_with, held, variant_of
from openpot.current_run import CurrentRun
from openpot.journal import Journal
from openpot.search.accuracy_target import MetricLimit
from openpot.search.model_meter import ModelMeter
from openpot.search.rank_units import UnitRanking, build_switched_graph

LIMIT = MetricLimit("agreement", True, 1.0, 0.0)
SAMPLES = (1, 4, 5, 11)


def ranking(engine, variant, journal=None):
    meter = ModelMeter(engine, ["agreement"], CurrentRun() if journal is None else journal)
    return UnitRanking(meter, held(), variant, SAMPLES), meter


def test_switching_tells_the_metric_of_the_model_that_would_be_made():
    variant, engine = variant_of(), engine_with(Agreement())
    ranked, meter = ranking(engine, variant)
    models = [[], [variant.units[0]], list(variant.units[2:5]), list(variant.units)]
    scores = list(ranked._score_each(models))
    for in_float, score in zip(models, scores, strict=True):
        made = meter.measure_samples(variant.copy_with_reverted(in_float), SAMPLES)["agreement"]
        # The trial graph computes in float what a processor without VNNI may saturate.
        assert score.metrics["agreement"] == pytest.approx(made, abs=0.03)
    assert scores[-1].error == pytest.approx(0, abs=1e-4)
    assert scores[0].error > 0.02


def test_one_graph_is_compiled_for_all_units(monkeypatch):
    from openpot.trial import trial_inferences

    variant, compiled, inner = variant_of(), [], trial_inferences.compile_model
    monkeypatch.setattr(trial_inferences, "compile_model", lambda *a, **k: compiled.append(1) or inner(*a, **k))
    ranked, _ = ranking(engine_with(Agreement()), variant)
    order = ranked.rank(LIMIT)
    assert len(compiled) == 1
    assert sorted(order, key=variant.units.index) == list(variant.units)
    assert ranked.inferences == (len(order) + 1) * len(SAMPLES)


def test_units_come_by_what_they_lose_alone_for_the_work_that_float_costs():
    variant, engine = variant_of(), engine_with(Agreement())
    ranked, meter = ranking(engine, variant)
    units = variant.units
    without = {unit: variant.copy_with_reverted([one for one in units if one is not unit]) for unit in units}
    lost = {unit: 1 - meter.measure_samples(made, SAMPLES)["agreement"] for unit, made in without.items()}
    order = ranked.rank(LIMIT)
    price = [lost[unit] / unit.work for unit in order]
    assert price[0] == max(price)
    assert np.corrcoef(np.argsort(np.argsort(price)), -np.arange(len(order)))[0, 1] > 0.5


def test_scores_come_from_the_journal_where_they_are_known(tmp_path):
    variant = variant_of()
    order = ranking(engine_with(Agreement()), variant, CurrentRun(Journal(tmp_path)))[0].rank(LIMIT)
    engine = engine_with(Agreement())
    known, _ = ranking(engine, variant, CurrentRun(Journal(tmp_path)))
    assert known.rank(LIMIT) == order
    assert known.inferences == 0
    assert not hasattr(engine.metric, "shown")


def test_weights_have_switches_and_shifted_layers_their_shifts():
    variant = variant_of()
    graph = build_switched_graph(variant)
    names = {one.name for one in variant.min_max.quantizers}
    assert set(graph.places) == names
    assert set(graph.targets) == set(variant.shifts)
