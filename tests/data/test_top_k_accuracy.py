import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from openpot.data.top_k_accuracy import TopKAccuracy
from openpot.errors import ConfigError, MetricError

SCORES = np.array([[0.1, 0.7, 0.2], [0.5, 0.2, 0.3]], np.float32)


def test_the_right_class_has_to_be_among_the_likeliest():
    metric = TopKAccuracy()
    metric.update([SCORES], [1, 2])
    assert metric.value == {"accuracy@top1": [1.0, 0.0]}
    metric.update([SCORES[:1]], [np.int64(1)])
    assert metric.avg_value == {"accuracy@top1": pytest.approx(2 / 3)}
    metric.reset()
    metric.update([SCORES[:1]], [0])
    assert metric.avg_value == {"accuracy@top1": 0.0}


def test_k_classes_count():
    metric = TopKAccuracy(k=2)
    metric.update([SCORES.reshape(2, 3, 1, 1)], [2, [2]])
    assert metric.value == {"accuracy@top2": [1.0, 1.0]}
    assert metric.get_attributes() == {"accuracy@top2": {"direction": "higher-better", "type": "accuracy"}}


def test_ties_go_to_the_lower_class():
    metric = TopKAccuracy()
    metric.update([np.zeros((1, 4))], [0])
    metric.update([np.zeros((1, 4))], [1])
    assert metric.avg_value == {"accuracy@top1": 0.5}


@given(
    hnp.arrays(np.float32, (5, 6), elements=st.floats(-10, 10, width=32)),
    st.lists(st.integers(0, 5), min_size=5, max_size=5),
)
def test_more_classes_never_lower_it_and_all_classes_make_it_one(scores, labels):
    values = []
    for k in range(1, 7):
        metric = TopKAccuracy(k, "a")
        metric.update([scores], labels)
        values.append(metric.avg_value["a"])
    assert values == sorted(values)
    assert values[-1] == 1.0


@pytest.mark.parametrize(
    ("scores", "annotation", "words"),
    [
        (SCORES[:1], 3, "class 3, the model knows 0 to 2"),
        (SCORES[:1], "cat", "number of a class .* got 'cat'"),
        (SCORES[:1], 0.5, "number of a class"),
        (SCORES[:1, :1], 0, "a score for each class"),
    ],
    ids=["range", "text", "fraction", "no classes"],
)
def test_annotations_that_are_no_classes_are_refused(scores, annotation, words):
    with pytest.raises(MetricError, match=words):
        TopKAccuracy().update([scores], [annotation])


def test_nothing_seen_is_no_value():
    with pytest.raises(MetricError, match="no item with an annotation"):
        _ = TopKAccuracy().avg_value


@pytest.mark.parametrize("k", [0, -1, 1.5, True])
def test_k_is_a_whole_number_from_one(k):
    with pytest.raises(ConfigError, match="whole number from 1"):
        TopKAccuracy(k)
