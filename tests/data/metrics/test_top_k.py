"""Top-k accuracy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from openpot.data.metrics.top_k import TopKAccuracy
from openpot.errors import ConfigError, MetricError

SCORES = np.array([[0.1, 0.6, 0.3], [0.5, 0.2, 0.3]])


def shown(metric, scores, labels):
    metric.update([np.asarray(scores)], labels)
    return metric


def test_share_of_labels_among_the_best():
    assert shown(TopKAccuracy(), SCORES, [1, 2]).avg_value == {"accuracy@top1": 0.5}
    assert shown(TopKAccuracy(2), SCORES, [1, 2]).avg_value == {"accuracy@top2": 1.0}
    assert shown(TopKAccuracy(), SCORES, [1, 2]).value == {"accuracy@top1": [1.0, 0.0]}


def test_axes_of_size_one_behind_the_classes_do_not_matter():
    assert shown(TopKAccuracy(), SCORES.reshape(2, 3, 1, 1), [1, 0]).avg_value == {"accuracy@top1": 1.0}


def test_background_class_in_front_shifts_the_labels():
    assert shown(TopKAccuracy(label_offset=1), SCORES, [0, 1]).value == {"accuracy@top1": [1.0, 0.0]}


def test_label_of_a_column_is_found_by_key():
    metric = TopKAccuracy(key="label")
    metric.update([SCORES[:1]], [{"label": np.array(1), "file": "a.png"}])
    assert metric.avg_value == {"accuracy@top1": 1.0}


@given(
    npst.arrays(np.float32, st.tuples(st.just(1), st.integers(1, 9)), elements=st.integers(-3, 3)),
    st.integers(1, 9),
    st.data(),
)
def test_it_agrees_with_a_stable_sort(scores, k, data):
    label = data.draw(st.integers(0, scores.size - 1))
    best = np.argsort(-scores[0], kind="stable")[:k]
    assert shown(TopKAccuracy(k), scores, [label]).value[f"accuracy@top{k}"] == [float(label in best)]


def test_constant_scores_are_no_hit_by_chance():
    metric = TopKAccuracy()
    for label in range(4):
        shown(metric, np.zeros((1, 4)), [label])
    assert metric.avg_value == {"accuracy@top1": 0.25}


def test_label_beyond_the_classes_is_refused():
    with pytest.raises(MetricError, match="label 3 of a model with 3 scores: expected 0 to 2"):
        shown(TopKAccuracy(), SCORES[:1], [3])


@pytest.mark.parametrize("k", [0, -1, 1.5, True])
def test_k_is_a_whole_number_from_one(k):
    with pytest.raises(ConfigError, match="k must be a whole number from 1"):
        TopKAccuracy(k)
