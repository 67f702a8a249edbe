"""Evaluating models once."""

import pytest

from metric_engines import Agreement, engine_with, held
from openpot.current_run import CurrentRun
from openpot.errors import MetricError
from openpot.journal import Journal
from openpot.search.model_meter import ModelMeter
from toy_engines import ListLoader
from toy_models import images


def test_values_of_samples_come_with_the_metrics():
    meter = ModelMeter(engine_with(Agreement(), count=5), ["agreement"], CurrentRun())
    found = meter.measure(held(), "digest", "the model")
    assert found.metrics == {"agreement": pytest.approx(1.0)}
    assert found.per_sample == {"agreement": [pytest.approx(1.0)] * 5}
    assert meter.measure_single_samples(held(), [3, 1]) == {n: {"agreement": pytest.approx(1.0)} for n in (1, 3)}
    assert meter.measure_samples(held(), [2]) == {"agreement": pytest.approx(1.0)}


def test_a_metric_without_values_of_samples_is_good_enough():
    class Overall(Agreement):
        @property
        def value(self):
            raise KeyError("none")

    class Undefined(Agreement):
        value = property(lambda self: {"agreement": []})

    for kind in (Overall, Undefined):
        meter = ModelMeter(engine_with(kind(), count=3), ["agreement"], CurrentRun())
        found = meter.measure(held(), "digest", "the model")
        assert found.metrics == {"agreement": pytest.approx(1.0)}
        assert found.per_sample == {}


def test_an_evaluation_is_made_once_but_the_first_of_a_run_always(tmp_path):
    engine = engine_with(Agreement(), count=3)
    meter = ModelMeter(engine, ["agreement"], CurrentRun(Journal(tmp_path)))
    meter.measure(held(), "a", "one")
    meter.measure(held(), "b", "another")
    assert meter.measure(held(), "a", "one").resumed
    assert meter.evaluations == 2
    later = ModelMeter(engine, ["agreement"], CurrentRun(Journal(tmp_path)))
    assert [later.measure(held(), key, key).resumed for key in ("b", "a")] == [False, True]
    assert later.evaluations == 1


def test_other_data_have_other_keys(tmp_path):
    engine = engine_with(Agreement(), count=3)
    ModelMeter(engine, ["agreement"], CurrentRun(Journal(tmp_path))).measure(held(), "a", "one")
    fewer = ModelMeter(engine_with(Agreement(), count=2), ["agreement"], CurrentRun(Journal(tmp_path)))
    assert fewer.make_key("evaluation", "a") != ModelMeter(engine, ["agreement"], CurrentRun()).make_key(
        "evaluation", "a"
    )


def test_samples_without_annotations_are_told_as_such():
    engine = engine_with(Agreement())
    engine._data_loader = ListLoader([(image, None) for image in images(3)])
    with pytest.raises(MetricError, match="expected values of agreement from the engine, it gave None"):
        ModelMeter(engine, ["agreement"], CurrentRun()).measure(held(), "a", "one")


def test_what_a_sample_says_counts_with_the_mean_of_its_numbers():
    class Several(Agreement):
        value = property(lambda self: {"agreement": [[0.25, float("nan"), 0.75]]})

    class Nothing(Agreement):
        value = property(lambda self: {"agreement": [[float("nan")]]})

    for kind, expected in ((Several, 0.5), (Nothing, None)):
        meter = ModelMeter(engine_with(kind(), count=3), ["agreement"], CurrentRun())
        assert meter.measure(held(), "digest", "the model").per_sample == {"agreement": [expected] * 3}
