"""Objects that measure as torchmetrics' do; the real ones are in tests/with_torch."""

import numpy as np
import pytest

from openpot.data.callable_metric import make_metric
from openpot.data.metrics.torch_metric import TorchMetric, is_foreign_metric
from openpot.errors import ConfigError, MetricError


class MeanSquare:
    """What a torchmetrics object is to its user: called for a batch it gives that batch's value and goes on."""

    higher_is_better = False

    def __init__(self):
        self.reset()

    def __call__(self, predictions, target):
        self.update(predictions, target)
        return np.square(predictions - target).mean()

    def update(self, predictions, target):
        self.total += np.square(predictions - target).sum()
        self.count += target.size

    def compute(self):
        return self.total / self.count

    def reset(self):
        self.total = self.count = 0


class Collection(dict):
    """Several, as MetricCollection."""

    def __call__(self, predictions, target):
        return {name: metric(predictions, target) for name, metric in self.items()}

    def update(self, predictions, target):
        raise AssertionError("called for the value of the batch instead")

    def compute(self):
        return {name: metric.compute() for name, metric in self.items()}

    def reset(self):
        for metric in self.values():
            metric.reset()


def test_values_of_samples_and_of_everything():
    metric = TorchMetric(MeanSquare())
    metric.update([np.array([[1.0], [3.0]])], [np.array([0.0]), np.array([0.0])])
    assert metric.value == {"MeanSquare": [1.0, 9.0]}
    assert metric.avg_value == {"MeanSquare": 5.0}
    assert metric.get_attributes() == {"MeanSquare": {"direction": "higher-worse", "type": "MeanSquare"}}
    metric.reset()
    with pytest.raises(MetricError, match="has seen no sample"):
        _ = metric.avg_value


def test_collection_has_the_names_of_its_members():
    metric = TorchMetric(Collection(first=MeanSquare(), second=MeanSquare()), higher_better=None)
    metric.update([np.array([[2.0]])], [np.array([0.0])])
    assert metric.avg_value == {"first": 4.0, "second": 4.0}
    assert metric.value == {"first": [4.0], "second": [4.0]}
    assert set(metric.get_attributes()) == {"first", "second"}


def test_own_preparation_and_key_are_used():
    metric = TorchMetric(MeanSquare(), prepare=lambda outputs, label: (outputs[1] * 2, np.array([label])), key="y")
    metric.update([np.zeros((1, 1)), np.array([3.0])], [{"y": 5, "id": 0}])
    assert metric.avg_value == {"MeanSquare": 1.0}


def test_direction_must_be_known():
    class Silent(MeanSquare):
        higher_is_better = None

    with pytest.raises(ConfigError, match="Silent does not say whether a higher value is better"):
        TorchMetric(Silent())
    assert TorchMetric(Silent(), higher_better=True).higher_better


def test_values_per_class_are_refused():
    class PerClass(MeanSquare):
        def compute(self):
            return np.zeros(3)

    metric = TorchMetric(PerClass())
    metric.update([np.zeros((1, 1))], [0])
    with pytest.raises(MetricError, match="let the metric average over classes"):
        _ = metric.avg_value


def test_it_is_recognised_wherever_a_metric_is_given():
    assert isinstance(make_metric(MeanSquare()), TorchMetric)
    assert not is_foreign_metric(lambda outputs, label: 0.0)
    with pytest.raises(ConfigError, match="expected an object with update, compute and reset"):
        TorchMetric(print)
