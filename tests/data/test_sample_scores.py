"""What metrics say about single samples while they are updated."""

import numpy as np
import pytest

from openpot.data.callable_metric import CallableMetric
from openpot.data.metric import Metric
from openpot.data.metrics.f1 import F1Score
from openpot.data.metrics.top_k import TopKAccuracy
from openpot.data.sample_scores import RecordingMetric
from openpot.data.several_metrics import SeveralMetrics

SCORES = np.eye(3)[[0, 1, 2, 2]]
LABELS = [0, 1, 2, 0]


def record(metric):
    recorder = RecordingMetric(metric)
    for row, label in zip(SCORES, LABELS, strict=True):
        recorder.update([row[None]], [label])
    return recorder, recorder.avg_value


class Mean(Metric):
    """Of all values, with or without a word about single ones."""

    tells = staticmethod(lambda values: [values[-1]])

    def reset(self):
        self.values = []

    def update(self, output, target):
        self.values.append(float(output[0].max() == output[0][0, target[0]]))

    @property
    def value(self):
        return {"mean": self.tells(self.values)}

    @property
    def avg_value(self):
        return {"mean": np.mean(self.values)}

    def get_attributes(self):
        return {"mean": {"direction": "higher-better", "type": "mean"}}


@pytest.mark.parametrize("metric", [TopKAccuracy(), Mean()], ids=["ready-made", "of the user"])
def test_the_mean_over_samples_is_taken_apart(metric):
    recorder, values = record(metric)
    (scores,) = recorder.scores.values()
    assert scores.list_values() == [1.0, 1.0, 1.0, 0.0]
    assert scores.is_mean()
    assert list(values.values()) == [0.75]


def test_records_outlive_the_reset():
    recorder, _ = record(TopKAccuracy())
    recorder.reset()
    assert len(recorder.scores["accuracy@top1"].evidence) == 4


def test_a_metric_that_is_no_mean_says_so():
    recorder, values = record(F1Score())
    ((name, scores),) = recorder.scores.items()
    assert not scores.is_mean()
    assert scores.compute_value(scores.evidence) == values[name]


def test_each_of_several_metrics_is_taken_apart():
    recorder, values = record(SeveralMetrics([TopKAccuracy(), CallableMetric(lambda outputs, label: 2.0, "two")]))
    assert recorder.scores.keys() == values.keys() == {"accuracy@top1", "two"}


@pytest.mark.parametrize(
    "tells",
    [lambda values: values, lambda values: [1.0], lambda values: 1 / 0],
    ids=["all so far", "another value", "raises"],
)
def test_what_contradicts_the_metric_is_not_used(tells):
    metric = Mean()
    metric.tells = tells
    recorder, values = record(metric)
    assert recorder.scores == {}
    assert values == {"mean": 0.75}
