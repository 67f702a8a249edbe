"""The whole search, on variants made by hand; ``tests/recipes/test_accuracy_aware.py`` has it with its algorithm."""

from functools import cache, partial

import pytest

from metric_engines import Agreement, engine_with, held, variant_of
from openpot.config.accuracy_aware import AccuracyAwareConfig
from openpot.current_run import CurrentRun
from openpot.rewrites.compress_weights import compress_model_weights
from openpot.search.accuracy_records import SearchStatus
from openpot.search.accuracy_search import AccuracySearch
from openpot.search.accuracy_target import make_accuracy_target
from openpot.search.model_meter import ModelMeter


def search_with(engine, allowed, before=None, **params):
    target = make_accuracy_target({"agreement": 1.0}, {"agreement": True}, allowed, "absolute")
    meter = ModelMeter(engine, ["agreement"], CurrentRun())
    return AccuracySearch(meter, held(), target, AccuracyAwareConfig(**params), before)


@cache
def searched():
    """A search that several tests look at, and its engine."""
    engine = engine_with(Agreement())
    search = search_with(engine, 0.05, metric_subset_ratio=0.25, ranking_subset_size=2)
    assert search.run(variant_of, iter([])) is SearchStatus.REACHED
    return search, engine


def test_later_variants_are_made_only_if_they_are_needed():
    search = search_with(engine_with(Agreement()), 10.0)
    assert search.run(variant_of, iter([partial(pytest.fail, "not needed")])) is SearchStatus.REACHED
    assert search.ranking_inferences == 0


def test_the_best_variant_goes_back_to_float_step_by_step():
    search, _ = searched()
    assert search.seen.best.in_float
    assert 0 < search.ranking_inferences <= 3 * 9 * 2  # rankings, units and the start, samples


class Stopped(BaseException):
    pass


def test_fewer_samples_are_drawn_where_less_is_to_be_compared(monkeypatch):
    asked = []

    def measure_single_samples(meter, model, samples):
        asked.append(list(samples))
        raise Stopped

    monkeypatch.setattr(ModelMeter, "measure_single_samples", measure_single_samples)
    for ratio in (0.25, 0.75):
        with pytest.raises(Stopped):
            search_with(engine_with(Agreement()), 0.05, metric_subset_ratio=ratio).run(variant_of, iter([]))
    quarter, three = asked
    assert (len(quarter), len(three)) == (4, 12)


def test_what_was_measured_is_the_model_as_it_is_saved():
    search, engine = searched()
    best = search.seen.best
    saved = best.variant.copy_with_reverted(best.in_float)
    assert {node.output_type for node in saved.snapshot().nodes_of_type("Constant")} == {"f32", "i64"}
    compress_model_weights(saved)
    assert "i8" in {node.output_type for node in saved.snapshot().nodes_of_type("Constant")}
    meter = ModelMeter(engine, ["agreement"], CurrentRun())
    assert meter.measure(saved, "saved", "as it is saved").metrics == best.metrics
