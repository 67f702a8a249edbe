"""Outputs compared as sets of rows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpot.numerics import set_distance
from openpot.numerics.set_distance import compute_unmatched_share, to_rows


def rows(seed=0, count=12, columns=4):
    return np.random.default_rng(seed).normal(size=(count, columns))


@given(st.integers(0, 2**31), st.integers(0, 20))
def test_the_order_of_rows_does_not_matter(seed, count):
    reference = rows(seed, count)
    assert compute_unmatched_share(reference, np.random.default_rng(seed).permutation(reference), np.ones(4)) == 0


@given(st.integers(0, 2**31), st.integers(0, 20), st.integers(0, 20))
def test_it_is_a_symmetric_share(seed, first, second):
    pair = rows(seed, first), rows(seed + 1, second)
    share = compute_unmatched_share(*pair, np.ones(4))
    assert 0 <= share <= 1
    assert share == compute_unmatched_share(*pair[::-1], np.ones(4))


def test_a_lost_row_and_a_new_one_have_no_partner():
    reference = rows()
    changed = reference.copy()
    changed[3] += 5
    assert compute_unmatched_share(reference, reference[1:], np.ones(4)) == pytest.approx(1 / 23)
    assert compute_unmatched_share(reference, changed, np.ones(4)) == pytest.approx(2 / 24)


def test_columns_have_their_own_tolerance():
    reference = rows()
    scale = np.array([1.0, 1.0, 1.0, 100.0])
    assert compute_unmatched_share(reference, reference + scale * 0.05, scale) == 0
    assert compute_unmatched_share(reference, reference + scale * np.array([0, 0, 0.2, 0]), scale) == 1


def test_whole_numbers_have_to_be_equal_and_count_as_often_as_they_occur():
    reference = np.array([[1], [1], [2], [3]])
    assert compute_unmatched_share(reference, np.array([[3], [2], [1], [1]]), np.ones(1)) == 0
    assert compute_unmatched_share(reference, np.array([[1], [2], [2], [3]]), np.ones(1)) == pytest.approx(1 / 4)


def test_without_rows_nothing_differs_and_against_rows_all_does():
    assert compute_unmatched_share(rows(count=0), rows(count=0), np.ones(4)) == 0
    assert compute_unmatched_share(rows(count=0), rows(), np.ones(4)) == 1


def test_what_is_not_finite_has_a_partner_that_is_the_same():
    reference = np.array([[np.inf, 1.0], [-np.inf, 1.0]])
    assert compute_unmatched_share(reference, reference[::-1], np.ones(2)) == 0
    assert compute_unmatched_share(reference, np.array([[np.nan, 1.0]]), np.ones(2)) == 1


def test_many_rows_are_taken_in_chunks(monkeypatch):
    reference, candidate = rows(0, 50), rows(0, 50) + rows(1, 50) * 0.2
    whole = compute_unmatched_share(reference, candidate, np.ones(4))
    monkeypatch.setattr(set_distance, "CHUNK", 300)
    assert compute_unmatched_share(reference, candidate, np.ones(4)) == whole > 0


@pytest.mark.parametrize(
    ("shape", "expected"), [((), (1, 1)), ((5,), (5, 1)), ((1, 1, 20, 7), (20, 7)), ((3, 2), (3, 2))]
)
def test_an_output_as_rows(shape, expected):
    assert to_rows(np.zeros(shape)).shape == expected
