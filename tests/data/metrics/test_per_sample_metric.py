"""Outputs are taken apart by sample; annotations are picked; errors name the sample."""

import numpy as np
import pytest

from openpot.data.metrics.per_sample_metric import PerSampleMetric, choose_output, pick, split_outputs, to_label
from openpot.errors import MetricError


class Gap(PerSampleMetric):
    """The largest distance between an output and its annotation; lower is better."""

    def __init__(self, key=None):
        super().__init__("gap", key, "distance", higher_better=False)

    def collect_evidence(self, outputs, annotation):
        return abs(float(choose_output(outputs, 0).ravel()[0]) - annotation)

    def compute_value(self, evidence):
        return max(evidence)


def test_value_is_that_of_each_sample_and_average_that_of_all():
    metric = Gap()
    metric.update([np.array([[1.0], [5.0]])], [0.0, 2.0])
    metric.update([np.array([[4.0]])], [4.0])
    assert metric.value == {"gap": [0.0]}
    assert metric.avg_value == {"gap": 3.0}
    assert metric.get_attributes() == {"gap": {"direction": "higher-worse", "type": "distance"}}
    assert metric.higher_better is False


def test_reset_forgets():
    metric = Gap()
    metric([np.array([[1.0]])], [0.0])
    metric.reset()
    assert metric.value == {"gap": []}
    with pytest.raises(MetricError, match="has seen no sample with an annotation"):
        _ = metric.avg_value


def test_errors_name_the_metric_and_count_the_samples():
    metric = Gap()
    metric.update([np.array([[1.0]])], [0.0])
    with pytest.raises(MetricError, match=r"'gap', sample number 2 that it was given: TypeError"):
        metric.update([np.array([[1.0], [2.0]])], [0.0, "two"])
    assert metric.avg_value == {"gap": 1.0}, "the failed update left nothing behind"


def test_several_outputs_of_a_batch_become_lists_by_sample():
    first, second = np.arange(6).reshape(3, 2), np.arange(3)
    rows = split_outputs([first, second], 3)
    assert [[array.tolist() for array in row] for row in rows] == [[[[0, 1]], [0]], [[[2, 3]], [1]], [[[4, 5]], [2]]]
    assert split_outputs({"a": first, "b": second}, 1) == [[first, second]]
    assert split_outputs(["x", "y"], 2) == [["x"], ["y"]]
    assert split_outputs(first, 1)[0][0] is first


@pytest.mark.parametrize(
    ("outputs", "message"),
    [
        ([np.zeros((1, 1, 9, 7))], "set the batch size to 1"),
        ([np.float32(3)], "taken apart"),
        (["x"], "1 outputs for 2"),
    ],
    ids=["joined-axis", "scalar", "too-few-texts"],
)
def test_output_that_cannot_be_taken_apart_is_refused(outputs, message):
    with pytest.raises(MetricError, match=message):
        split_outputs(outputs, 2)


def test_entry_of_a_dict_annotation_is_picked():
    assert pick({"label": 3}, None) == 3
    assert pick({"label": 3, "id": 9}, "id") == 9
    assert pick({"label": 3, "id": 9}, None) == {"label": 3, "id": 9}
    assert pick(7, "label") == 7
    with pytest.raises(MetricError, match=r"no entry 'lable'; it has \['id', 'label'\]"):
        pick({"label": 3, "id": 9}, "lable")


def test_chosen_output_must_exist_and_hold_numbers():
    with pytest.raises(MetricError, match="the model has 1 output"):
        choose_output([np.zeros(2)], 1)
    with pytest.raises(MetricError, match="output number 0 holds NaN"):
        choose_output([np.array([1.0, np.nan])], 0)


@pytest.mark.parametrize("label", [3, np.int64(3), np.array([3]), np.array([[3.0]])], ids=repr)
def test_whole_numbers_of_any_kind_are_labels(label):
    assert to_label(label) == 3


@pytest.mark.parametrize("label", ["3", 2.5, np.array([1, 2]), {"a": 1, "b": 2}, None], ids=repr)
def test_anything_else_is_no_label(label):
    with pytest.raises((MetricError, TypeError), match=r"class number|NoneType"):
        to_label(label)
