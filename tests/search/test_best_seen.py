"""The best model of those that were seen."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpot.search.accuracy_target import make_accuracy_target
from openpot.search.best_seen import BestSeen, SeenModel
from openpot.search.units import Unit

TARGET = make_accuracy_target({"accuracy": 0.8}, {"accuracy": True}, 0.01, "absolute")
VARIANT = SimpleNamespace(name="quantized")


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 5)), min_size=1))
def test_within_the_limits_the_least_work_in_float_wins_else_the_best_metric(models):
    seen = BestSeen(TARGET)
    for accuracy, count in models:
        units = tuple(Unit((f"q{n}",), (f"o{n}",), 1.0) for n in range(count))
        seen.add(SeenModel(VARIANT, units, {"accuracy": accuracy}), resumed=False)
    good = [pair for pair in models if TARGET.is_met({"accuracy": pair[0]})]
    if good:
        assert TARGET.is_met(seen.best.metrics)
        assert len(seen.best.in_float) == min(count for _, count in good)
    else:
        assert seen.best.metrics["accuracy"] == pytest.approx(max(accuracy for accuracy, _ in models))
    assert len(seen.records) == len(models)
    assert [one.accepted for one in seen.records] == [TARGET.is_met({"accuracy": a}) for a, _ in models]


def test_a_model_without_metrics_is_recorded_and_never_the_best():
    seen = BestSeen(TARGET)
    seen.add_failed(VARIANT, ())
    assert seen.best is None
    assert seen.records[0].metrics is None
