"""The INT8 model of a float one, with and without a metric to keep."""

from functools import cache

import pytest

from metric_engines import Agreement, Distance, engine_with
from openpot.api.calibrated_model import calibrate_model, calibrate_within_drop, make_drop_record
from openpot.config.accuracy_aware import AccuracyAwareConfig
from openpot.config.algorithms import DefaultQuantizationConfig
from openpot.errors import OpenPotWarning
from openpot.graph.model_digest import model_digest
from openpot.graph.stored_size import count_stored_bytes
from openpot.measure.metric_change import MetricChange
from openpot.progress import SilentProgress
from openpot.search.accuracy_records import SearchStatus
from toy_models import worked_example

LOADER = engine_with(Agreement()).data_loader


@cache
def within(drop, metric=Agreement):
    wishes = AccuracyAwareConfig(target_device="CPU", maximal_drop=drop)
    return calibrate_within_drop(worked_example(), LOADER, wishes, metric())


def test_a_drop_that_nothing_exceeds_gives_the_model_of_the_default():
    wishes = DefaultQuantizationConfig(target_device="CPU", max_output_error=None)
    default = calibrate_model(worked_example(), LOADER, wishes, SilentProgress())
    kept = within(1000.0)
    assert model_digest(kept.model) == model_digest(default.model)
    assert kept.plan == default.plan
    assert kept.samples == default.samples == tuple(range(16))
    assert default.search is None
    assert kept.search.status is SearchStatus.REACHED


def test_weights_are_stored_as_integers_but_for_those_that_went_back():
    model = worked_example()
    all_integer, some = within(1000.0), within(0.09)
    assert some.search.in_float
    assert count_stored_bytes(all_integer.model) < count_stored_bytes(some.model) < count_stored_bytes(model)
    quantized = {one.operation for one in some.plan.decisions if one.quantized}
    assert quantized.isdisjoint(some.search.in_float)


def test_a_stated_baseline_is_what_the_drop_is_measured_from():
    wishes = AccuracyAwareConfig(target_device="CPU", maximal_drop=0.5)
    made = calibrate_within_drop(worked_example(), LOADER, wishes, Agreement(), {"agreement": 0.75})
    assert made.search.baseline == {"agreement": 0.75}
    assert made.search.is_reached


class Broken(Agreement):
    """No number for anything but the float model."""

    @property
    def avg_value(self):
        value = super().avg_value
        return value if value[self.name] == 1.0 else {self.name: float("nan")}


def test_a_metric_that_fails_on_every_quantized_model_loses_none():
    with pytest.warns(OpenPotWarning, match="the quantized model is kept, not evaluated"):
        made = within(0.1, Broken)
    assert made.plan.quantizers
    assert made.search.metrics is None
    record = make_drop_record(made.search, AccuracyAwareConfig(maximal_drop=0.1), Broken(), {"agreement": 1.0}, {})
    assert not record.is_met


@pytest.mark.parametrize(
    ("metric", "before", "after", "kind", "drop", "is_met"),
    [
        (Agreement(), 0.8, 0.7, "absolute", 0.1, True),
        (Agreement(), 0.8, 0.7, "relative", 0.1, False),
        (Distance(), 0.2, 0.25, "absolute", 0.05, True),
        (Distance(), 0.2, 0.25, "relative", 0.05, False),
        (Agreement(), 0.8, 0.9, "absolute", 0.0, True),
    ],
    ids=["within", "relative is less", "lower is better", "lower is better, relative", "better than before"],
)
def test_whether_a_drop_is_kept_follows_from_the_finished_model(metric, before, after, kind, drop, is_met):
    wishes = AccuracyAwareConfig(maximal_drop=drop, drop_type=kind)
    change = MetricChange(after - before)
    found = make_drop_record(within(1000.0).search, wishes, metric, {metric.name: before}, {metric.name: change})
    assert bool(found.is_met) is found.is_within is is_met
    assert found.drops[metric.name] == pytest.approx(before - after if metric.name == "agreement" else after - before)


@pytest.mark.parametrize(
    ("metric", "interval"), [(Agreement(), (-0.1, 0.3)), (Distance(), (-0.3, 0.1))], ids=["higher", "lower"]
)
def test_the_interval_of_a_drop_points_where_the_metric_is_worse(metric, interval):
    config = AccuracyAwareConfig(maximal_drop=0.2)
    change = MetricChange(-0.1, -0.3, 0.1, 12)
    drop = make_drop_record(within(1000.0).search, config, metric, {metric.name: 0.8}, {metric.name: change})
    assert drop.intervals[metric.name] == pytest.approx(interval)
    assert drop.samples == 12
