"""The abstract metric."""

import pytest

from openpot.data.metric import Metric
from openpot.errors import MetricError


class CountHits(Metric):
    @property
    def avg_value(self):
        return {"hits": self.hits / max(self.seen, 1)}

    def update(self, output, target):
        self.seen += 1
        self.hits += output == target

    def reset(self):
        self.seen = self.hits = 0

    def get_attributes(self):
        return {"hits": {"direction": "higher-better", "type": "accuracy"}}


def test_constructor_resets():
    assert CountHits().seen == 0


def test_calling_a_metric_updates_it():
    metric = CountHits()
    metric(1, 1)
    metric(output=1, target=2)
    assert metric.avg_value == {"hits": 0.5}


def test_values_per_sample_are_refused_with_the_name_of_the_class():
    with pytest.raises(MetricError, match="CountHits has no property 'value'"):
        _ = CountHits().value


def test_larger_is_better_by_default():
    assert CountHits().higher_better is True


def test_an_incomplete_metric_cannot_be_made():
    with pytest.raises(TypeError):
        Metric()
