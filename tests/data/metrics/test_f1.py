"""F1 in its averages."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpot.data.metrics.f1 import F1Score
from openpot.errors import ConfigError, MetricError

PREDICTED, ACTUAL = [0, 1, 2, 1, 0, 3], [0, 1, 1, 1, 2, 0]


def of_labels(average, predicted=PREDICTED, actual=ACTUAL, **options):
    metric = F1Score(average, **options)
    for guess, label in zip(predicted, actual, strict=True):
        metric.update([np.eye(5)[[guess]]], [label])
    return metric.avg_value["f1"]


# By hand: class 0 has 1 hit of 2 + 2, class 1 has 2 of 2 + 3, class 2 none of 1 + 1, class 3 none of 1 + 0.
@pytest.mark.parametrize(
    ("average", "expected"),
    [
        ("macro", (2 / 4 + 4 / 5 + 0 + 0) / 4),
        ("weighted", (2 * 2 / 4 + 3 * 4 / 5 + 1 * 0) / 6),
        ("micro", 3 / 6),
        ("binary", 4 / 5),
    ],
)
def test_averages(average, expected):
    assert of_labels(average) == pytest.approx(expected)


@given(st.lists(st.integers(0, 4), min_size=1), st.randoms(use_true_random=False))
def test_right_answers_score_one_and_order_does_not_matter(labels, random):
    assert of_labels("macro", labels, labels) == 1.0
    pairs = list(zip(labels, sorted(labels), strict=True))
    shuffled = random.sample(pairs, len(pairs))
    for average in ("macro", "weighted", "micro"):
        first, second = (of_labels(average, *zip(*order, strict=True)) for order in (pairs, shuffled))
        assert first == pytest.approx(second)


def test_single_score_is_compared_with_the_threshold():
    metric = F1Score("binary", threshold=0.4)
    metric.update([np.array([[0.5], [0.3], [0.45], [0.1]])], [1, 1, 0, 0])
    assert metric.avg_value == {"f1": pytest.approx(2 / 4)}


def test_tokens_count_one_by_one_and_padding_does_not():
    metric = F1Score("micro", ignored_label=-100)
    scores = np.eye(3)[[[0, 1, 2, 2]]]
    metric.update([scores], [np.array([0, 1, 1, -100])])
    assert metric.avg_value == {"f1": pytest.approx(2 / 3)}


def test_number_of_predictions_and_labels_must_agree():
    with pytest.raises(MetricError, match="3 predictions for 4 labels"):
        F1Score().update([np.zeros((1, 3, 2))], [np.array([0, 1, 1, 0])])
    with pytest.raises(MetricError, match="expected class numbers"):
        F1Score().update([np.zeros((1, 3))], ["cat"])


def test_average_must_be_known():
    with pytest.raises(ConfigError, match="macro, micro, weighted, binary, not 'mean'"):
        F1Score("mean")
