"""Word and character error rates, by jiwer."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpot.data.metrics.error_rate import CharacterErrorRate, WordErrorRate
from openpot.errors import ConfigError, MetricError


def edit_distance(first, second):
    """The textbook recurrence, to check the library against."""
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        previous, row[0] = row[0], i
        for j, b in enumerate(second, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (a != b))
    return row[-1]


@given(st.text("abc", min_size=1, max_size=8), st.text("abc", max_size=8))
def test_characters_agree_with_the_textbook(reference, text):
    metric = CharacterErrorRate()
    metric.update([text], [reference])
    assert metric.avg_value["cer"] == pytest.approx(edit_distance(text, reference) / len(reference))


@given(st.lists(st.sampled_from(["red", "green", "blue"]), min_size=1), st.lists(st.sampled_from(["red", "blue"])))
def test_words_agree_with_the_textbook(reference, words):
    metric = WordErrorRate()
    metric.update([" ".join(words)], [" ".join(reference)])
    assert metric.avg_value["wer"] == pytest.approx(edit_distance(words, reference) / len(reference))


def test_long_texts_weigh_more_and_lower_is_better():
    metric = CharacterErrorRate()
    metric.update(["ab", "abcdefgh"], ["xy", "abcdefgh"])
    assert metric.value == {"cer": [1.0, 0.0]}
    assert metric.avg_value == {"cer": 0.2}
    assert metric.get_attributes() == {"cer": {"direction": "higher-worse", "type": "error_rate"}}


def test_empty_reference_counts_what_was_put_in():
    metric = WordErrorRate()
    metric.update(["one two", "three"], ["", "three"])
    assert metric.avg_value == {"wer": 2.0}


def test_texts_come_from_frame_scores_or_from_a_function():
    path = np.eye(4)[[1, 1, 0, 2, 3]][None]
    for metric in (CharacterErrorRate("-abc"), CharacterErrorRate(decode=lambda outputs: "abc"[: outputs[0].shape[2]])):
        metric.update([path], [np.array("abc")])
        assert metric.avg_value == {"cer": 0.0}


def test_mistakes_are_told():
    with pytest.raises(ConfigError, match="both were given"):
        WordErrorRate("-ab", decode=str)
    with pytest.raises(MetricError, match="give alphabet"):
        WordErrorRate().update([np.zeros((1, 3, 4))], ["text"])
    with pytest.raises(MetricError, match="expected a text as annotation, got int"):
        WordErrorRate().update(["text"], [3])
