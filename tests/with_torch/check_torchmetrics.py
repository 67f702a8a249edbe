"""Real objects of torchmetrics: run by ``make test-torch``, which installs torch and torchmetrics."""

import numpy as np
import pytest
import torch
from torchmetrics import MeanSquaredError, MetricCollection
from torchmetrics.classification import MulticlassAccuracy, MulticlassF1Score

from openpot.data.callable_metric import make_metric
from openpot.data.metrics.f1 import F1Score
from openpot.data.metrics.torch_metric import TorchMetric
from openpot.errors import MetricError

RNG = np.random.default_rng(0)
SCORES = RNG.random((40, 5)).astype(np.float32)
LABELS = RNG.integers(0, 5, 40)


def shown(metric, batch=1):
    for start in range(0, len(LABELS), batch):
        metric.update([SCORES[start : start + batch]], LABELS[start : start + batch].tolist())
    return metric


@pytest.mark.parametrize("batch", [1, 8])
def test_accuracy_of_scores_and_labels(batch):
    metric = shown(make_metric(MulticlassAccuracy(num_classes=5, average="micro")), batch)
    assert metric.avg_value["MulticlassAccuracy"] == pytest.approx((SCORES.argmax(1) == LABELS).mean())
    assert metric.value["MulticlassAccuracy"] == (SCORES.argmax(1) == LABELS)[-batch:].astype(float).tolist()
    assert metric.get_attributes()["MulticlassAccuracy"]["direction"] == "higher-better"


def test_f1_agrees_with_openpots_own():
    theirs = shown(TorchMetric(MulticlassF1Score(num_classes=5, average="macro"), name="f1"))
    assert theirs.avg_value["f1"] == pytest.approx(shown(F1Score("macro")).avg_value["f1"])


def test_collection_tells_all_of_its_values():
    metric = make_metric(
        MetricCollection(
            {"top1": MulticlassAccuracy(num_classes=5), "top2": MulticlassAccuracy(num_classes=5, top_k=2)}
        )
    )
    shown(metric)
    assert set(metric.avg_value) == {"top1", "top2"}
    assert metric.avg_value["top1"] < metric.avg_value["top2"]


def test_lower_is_better_and_arrays_become_tensors():
    metric = make_metric(MeanSquaredError())
    metric.update([np.full((1, 3), 2.0, np.float32)], [torch.zeros(3)])
    metric.update([np.full((1, 3), 4.0, np.float32)], [np.zeros(3, np.float32)])
    assert metric.avg_value == {"MeanSquaredError": pytest.approx(10.0)}
    assert metric.get_attributes()["MeanSquaredError"]["direction"] == "higher-worse"
    metric.reset()
    assert metric.value == {"MeanSquaredError": []}


def test_values_per_class_are_refused():
    with pytest.raises(MetricError, match="let the metric average over classes"):
        shown(make_metric(MulticlassAccuracy(num_classes=5, average=None)))
