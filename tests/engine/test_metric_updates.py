import numpy as np
import pytest

from openpot.engine.metric_updates import make_sample_records, read_average, update_metric
from openpot.errors import MetricError
from toy_engines import LabelMetric


class WithValue(LabelMetric):
    def __init__(self, value):
        super().__init__()
        self.given = value

    @property
    def value(self):
        return self.given


def test_the_metric_gets_the_outputs_and_a_list_of_bare_annotations():
    metric, output = LabelMetric(), [np.zeros((2, 5))]
    assert update_metric(metric, output, [(7, 1.0), (3, 2.0)])
    assert metric.updates == [(output, [1.0, 2.0])]


def test_a_sample_without_annotation_leaves_the_metric_alone():
    metric = LabelMetric()
    assert not update_metric(metric, [], [(7, 1.0), (3, None)])
    assert metric.updates == []


def test_an_error_of_the_metric_names_the_samples():
    class Broken(LabelMetric):
        def update(self, output, target):
            raise ZeroDivisionError("no positives")

    with pytest.raises(
        MetricError, match=r"samples 7, 3: Broken\.update raised ZeroDivisionError: no positives"
    ) as caught:
        update_metric(Broken(), [], [(7, 1.0), (3, 2.0)])
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_an_error_that_openpot_raises_is_kept():
    class Broken(LabelMetric):
        def update(self, output, target):
            raise MetricError("own words")

    with pytest.raises(MetricError, match=r"^own words$"):
        update_metric(Broken(), [], [(7, 1.0)])


def test_records_carry_the_numbers_of_the_samples():
    metric = WithValue({"a": [0.5, 0.25], "b": np.array([1, 2])})
    assert make_sample_records(metric, [7, 3]) == [
        {"sample_id": 7, "metric_name": "a", "result": 0.5},
        {"sample_id": 3, "metric_name": "a", "result": 0.25},
        {"sample_id": 7, "metric_name": "b", "result": 1},
        {"sample_id": 3, "metric_name": "b", "result": 2},
    ]


def test_a_bare_number_is_the_value_of_a_single_sample():
    assert make_sample_records(WithValue({"a": 0.5}), [7])[0]["result"] == 0.5


def test_too_few_values_are_refused():
    with pytest.raises(MetricError, match=r"samples 7, 3: .*value\['a'\] holds 1 value"):
        make_sample_records(WithValue({"a": [0.5]}), [7, 3])


class WithAverage(LabelMetric):
    def __init__(self, average):
        super().__init__()
        self.given = average

    @property
    def avg_value(self):
        return self.given()


def test_an_average_that_raises_or_is_no_dict_names_the_metric():
    assert read_average(WithAverage(lambda: {"accuracy": 0.5})) == {"accuracy": 0.5}
    with pytest.raises(MetricError, match=r"WithAverage.avg_value raised ZeroDivisionError"):
        read_average(WithAverage(lambda: 1 / 0))
    with pytest.raises(MetricError, match=r"must be \{metric_name: value\}, it is 0.5"):
        read_average(WithAverage(lambda: 0.5))
