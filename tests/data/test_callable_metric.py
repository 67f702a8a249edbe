"""A plain function as a metric."""

import numpy as np
import pytest

from openpot.data.callable_metric import CallableMetric, make_metric
from openpot.errors import ConfigError, MetricError


def first_is(outputs, label):
    return float(outputs[0].argmax() == label)


LOGITS = np.array([[0.1, 0.9]], np.float32)


def test_value_is_the_mean_over_all_samples_under_the_name_of_the_function():
    metric = CallableMetric(first_is)
    for label in (1, 1, 0, 1):
        metric.update([LOGITS], [label])
    assert metric.avg_value == {"first_is": 0.75}
    assert metric.value == {"first_is": [1.0]}


def test_batch_is_taken_apart_and_keeps_the_batch_axis():
    shapes = []
    metric = CallableMetric(lambda outputs, label: shapes.append(outputs[0].shape) or float(label))
    metric.update([np.zeros((3, 5))], [1, 2, 6])
    assert shapes == [(1, 5)] * 3
    assert metric.value == {"metric": [1.0, 2.0, 6.0]}
    assert metric.avg_value == {"metric": 3.0}


def test_reset_forgets():
    metric = CallableMetric(first_is)
    metric.update([LOGITS], [1])
    metric.reset()
    metric.update([LOGITS], [0])
    assert metric.avg_value == {"first_is": 0.0}


@pytest.mark.parametrize("score", [float("nan"), float("inf")])
def test_score_that_is_no_finite_number_stops_at_once(score):
    metric = CallableMetric(lambda outputs, label: score, "loss")
    with pytest.raises(MetricError, match=f"'loss', sample number 0 that it was given, returned {score}"):
        metric.update([LOGITS], [1])


def test_error_of_the_function_is_chained_and_counts_the_samples():
    metric = CallableMetric(lambda outputs, label: 1 / label, "inverse")
    metric.update([LOGITS], [2])
    with pytest.raises(MetricError, match=r"sample number 1 .* raised ZeroDivisionError: division by zero") as caught:
        metric.update([LOGITS], [0])
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_score_that_is_no_number_at_all_is_refused():
    with pytest.raises(MetricError, match=r"returned .*: expected a finite number"):
        CallableMetric(lambda outputs, label: None).update([LOGITS], [1])


def test_no_annotated_sample_is_an_error_that_says_what_to_give():
    with pytest.raises(MetricError, match=r"give pairs \(sample, label\)"):
        _ = CallableMetric(first_is).avg_value


@pytest.mark.parametrize(("higher_better", "direction"), [(True, "higher-better"), (False, "higher-worse")])
def test_direction_is_told(higher_better, direction):
    metric = CallableMetric(first_is, "top1", higher_better)
    assert metric.get_attributes() == {"top1": {"direction": direction, "type": "mean"}}
    assert metric.higher_better is higher_better


def test_whatever_measures_becomes_a_metric():
    metric = CallableMetric(first_is)
    assert make_metric(None) is None
    assert make_metric(metric) is metric
    assert make_metric(first_is).get_attributes() == metric.get_attributes()
    assert list(make_metric("accuracy").get_attributes()) == ["accuracy@top1"]
    with pytest.raises(ConfigError, match="got 17"):
        make_metric(17)


def test_a_function_that_nobody_gave_a_direction_has_none():
    attributes = CallableMetric(first_is).get_attributes()
    assert attributes == {"first_is": {"type": "mean"}}
    assert make_metric(first_is, higher_is_better=False).get_attributes()["first_is"]["direction"] == "higher-worse"
    assert make_metric(first_is, higher_is_better=True).get_attributes()["first_is"]["direction"] == "higher-better"


@pytest.mark.parametrize(
    ("metric", "higher_is_better", "words"),
    [
        (first_is, "yes", "must be True or False"),
        (None, True, "there is none"),
        (CallableMetric(first_is, higher_better=True), False, "contradicts"),
        (CallableMetric, None, r"write CallableMetric\(...\)"),
    ],
    ids=["no bool", "no metric", "contradiction", "a class"],
)
def test_a_direction_that_makes_no_sense_is_refused(metric, higher_is_better, words):
    with pytest.raises(ConfigError, match=words):
        make_metric(metric, higher_is_better)
