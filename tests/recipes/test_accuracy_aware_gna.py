"""AccuracyAwareGNA: 16-bit weights where the metric needs them."""

import logging

import pytest

from metric_engines import Agreement, engine_with, measure_metrics, run_aware
from openpot.errors import ConfigError, OpenPotWarning
from openpot.recipes.accuracy_aware_gna import AccuracyAwareGNA
from openpot.search.accuracy_records import SearchStatus
from toy_models import tiny_cnn

pytestmark = pytest.mark.usefixtures("quantized_once")


def widths(subject):
    return {node.name: node.attributes["levels"] for node in subject.snapshot().nodes_of_type("FakeQuantize")}


def gna(drop, **params):
    engine = engine_with(Agreement(), tiny_cnn())
    return engine, *run_aware(
        engine, tiny_cnn(), name="AccuracyAwareGNA", maximal_drop=drop, target_device="GNA3", **params
    )


def test_the_drop_is_measured_from_the_model_with_16_bits_and_kept(caplog):
    with caplog.at_level(logging.INFO):
        _, all_low, low = gna(1000.0)
    assert "Start INT16 model inference" in caplog.text
    assert low.in_float == ()
    full = low.drops["agreement"]
    assert full > 0
    engine, subject, result = gna(full / 2)
    assert result.status is SearchStatus.REACHED
    assert 0 < len(result.in_float) <= 3
    assert result.baseline["agreement"] - measure_metrics(engine, subject)["agreement"] <= full / 2
    raised = {name for name, count in widths(subject).items() if count != widths(all_low)[name]}
    assert len(raised) == len(result.in_float)


def test_nothing_is_raised_where_all_weights_have_16_bits(caplog):
    with caplog.at_level(logging.INFO):
        _, subject, result = gna(0.0, preset="accuracy")
    assert "there is nothing to raise" in caplog.text
    assert result.status is SearchStatus.REACHED
    assert set(widths(subject).values()).isdisjoint({255, 256})


def test_a_target_above_the_16_bit_model_ends_with_the_best():
    with pytest.warns(OpenPotWarning, match="could not achieve"):
        _, _, result = gna(0.0, metrics=[{"name": "agreement", "baseline_value": 2.0}])
    assert result.status is SearchStatus.NOT_REACHED
    assert result.drops["agreement"] == min(one.drops["agreement"] for one in result.evaluations)


@pytest.mark.parametrize(
    "params", [{"target_device": "CPU"}, {"target_device": "GNA", "annotation_free": True}], ids=str
)
def test_what_makes_no_sense_is_refused(params):
    with pytest.raises(ConfigError):
        AccuracyAwareGNA(params, engine_with(Agreement()))
