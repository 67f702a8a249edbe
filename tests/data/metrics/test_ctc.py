"""Best-path decoding."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpot.data.metrics.ctc import decode_greedily
from openpot.errors import MetricError

ALPHABET = "-abc"


def scores(path):
    return np.eye(4)[[ALPHABET.index(symbol) for symbol in path]][None]


@pytest.mark.parametrize(
    ("path", "text"), [("aab--b-cc", "abbc"), ("---", ""), ("a", "a"), ("abcba", "abcba"), ("a-a", "aa")]
)
def test_repeats_become_one_and_blanks_go(path, text):
    assert decode_greedily(scores(path), ALPHABET) == text


@given(st.text("abc", max_size=12), st.data())
def test_any_stretched_text_is_read_back(text, data):
    path = "-".join(symbol * data.draw(st.integers(1, 3)) for symbol in text)
    if path:
        assert decode_greedily(scores(path), ALPHABET) == text


def test_time_may_come_first():
    assert decode_greedily(scores("ab-c").transpose(1, 0, 2), ALPHABET) == "abc"


def test_blank_may_be_another_class():
    assert decode_greedily(scores("a-bc"), ALPHABET, blank=3) == "a-b"


def test_alphabet_and_shape_must_fit():
    with pytest.raises(MetricError, match="scores of 4 classes, and an alphabet of 3"):
        decode_greedily(scores("ab"), "-ab")
    with pytest.raises(MetricError, match="expected scores of one text"):
        decode_greedily(np.zeros((2, 3, 4)), ALPHABET)
