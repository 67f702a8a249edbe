"""Mean and spread of weights, restored."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from openpot.numerics.moment_matching import fit_affine, match_survivors, round_to_sums, spread_ratio

ROWS = arrays(np.float64, st.tuples(st.integers(1, 4), st.integers(2, 12)), elements=st.floats(-5, 5, width=32))
EPS = 1e-9


@given(ROWS, st.integers(1, 8))
def test_factor_and_shift_restore_mean_and_spread(rows, divisor):
    changed = np.rint(rows * divisor) / divisor
    factor, shift = fit_affine(rows, changed, EPS)
    matched = changed * factor[:, None] + shift[:, None]
    np.testing.assert_allclose(matched.mean(axis=1), rows.mean(axis=1), atol=1e-6)
    varies = changed.std(axis=1) > 1e-3
    np.testing.assert_allclose(matched.std(axis=1)[varies], rows.std(axis=1)[varies], atol=1e-5)


def test_rows_without_spread_keep_their_size():
    flat = np.full((1, 4), 0.3)
    assert spread_ratio(flat, flat, 1e-5) == pytest.approx([1.0])


@given(ROWS)
def test_every_value_goes_to_one_of_its_neighbours(positions):
    rounded = round_to_sums(positions, positions.sum(axis=1))
    assert np.array_equal(rounded, np.rint(rounded))
    assert np.all(np.abs(rounded - positions) <= 1)


@given(ROWS)
def test_the_sum_of_a_row_is_within_a_half_of_what_it_was(positions):
    rounded = round_to_sums(positions, positions.sum(axis=1))
    assert np.all(np.abs(rounded.sum(axis=1) - positions.sum(axis=1)) <= 0.5 + 1e-9)


def test_the_values_nearest_to_half_way_are_moved():
    assert round_to_sums(np.array([[0.4, 0.45, 0.1, 0.05]]), np.array([1.0])).tolist() == [[0, 1, 0, 0]]
    assert round_to_sums(np.array([[1.6, 1.9, 1.7]]), np.array([5.0])).tolist() == [[1, 2, 2]]


def test_integers_are_not_moved_whatever_the_sum():
    assert round_to_sums(np.array([[1.0, 2.0]]), np.array([9.0])).tolist() == [[1, 2]]


@given(ROWS, st.floats(0, 3))
def test_pruned_rows_get_mean_and_spread_back_and_keep_their_zeros(rows, threshold):
    pruned = np.where(np.abs(rows) < threshold, 0, rows)
    matched = match_survivors(rows, pruned, EPS)
    assert np.all(matched[pruned == 0] == 0)
    alive = np.any(pruned != 0, axis=1)
    np.testing.assert_allclose(matched.mean(axis=1)[alive], rows.mean(axis=1)[alive], atol=1e-9)


def test_the_spread_of_a_pruned_row_comes_back():
    rows = np.random.default_rng(0).standard_normal((3, 200))
    pruned = np.where(np.abs(rows) < 0.6, 0, rows)
    matched = match_survivors(rows, pruned, EPS)
    np.testing.assert_allclose(matched.std(axis=1), rows.std(axis=1), rtol=1e-9)
    assert np.all(np.abs(pruned.std(axis=1) / rows.std(axis=1) - 1) > 0.01)


def test_rows_that_were_pruned_whole_stay_zero():
    assert not match_survivors(np.ones((1, 3)), np.zeros((1, 3)), EPS).any()
