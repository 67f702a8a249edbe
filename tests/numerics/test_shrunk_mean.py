"""A mean that odd rows do not move and that thin evidence does not make."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from openpot.numerics.shrunk_mean import compute_shrunk_mean

ROWS = arrays.arrays(
    np.float64,
    st.tuples(st.integers(1, 30), st.integers(1, 4)),
    elements=st.floats(-1e6, 1e6, allow_nan=False, width=32),
)


def middle_half(rows):
    """The mean of the middle half, written another way: without the smallest and the largest quarter."""
    drop = len(rows) // 4
    kept = [sorted(column)[drop : len(rows) - drop] for column in rows.T]
    return np.array([sum(values) / len(values) for values in kept])


@given(ROWS)
def test_it_lies_between_zero_and_the_robust_mean(rows):
    mean, found = middle_half(rows), compute_shrunk_mean(rows)
    slack = 1e-9 * (1 + np.abs(rows).max())
    assert found.shape == (rows.shape[1],)
    assert (np.abs(found) <= np.abs(mean) + slack).all()
    assert (found * mean >= -slack).all()


@given(ROWS, st.sampled_from([-1.0, 0.25, 8.0]))
def test_it_scales_with_the_values(rows, factor):
    np.testing.assert_allclose(
        compute_shrunk_mean(rows * factor), compute_shrunk_mean(rows) * factor, rtol=1e-6, atol=1e-6
    )


@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(rows, random):
    order = list(range(len(rows)))
    random.shuffle(order)
    np.testing.assert_array_equal(compute_shrunk_mean(rows[order]), compute_shrunk_mean(rows))


@given(ROWS)
def test_each_column_is_on_its_own(rows):
    alone = [compute_shrunk_mean(rows[:, [column]])[0] for column in range(rows.shape[1])]
    np.testing.assert_array_equal(compute_shrunk_mean(rows), alone)


@given(st.integers(1, 30), st.floats(-100, 100, width=32))
def test_equal_rows_are_certain(count, value):
    np.testing.assert_allclose(compute_shrunk_mean(np.full((count, 2), value)), [value, value], rtol=1e-12)


@given(st.integers(0, 1000), st.integers(8, 40))
def test_certain_evidence_is_kept(seed, count):
    rows = 10 + 0.1 * np.random.default_rng(seed).normal(size=(count, 3))
    np.testing.assert_allclose(compute_shrunk_mean(rows), middle_half(rows), rtol=1e-3)


@given(st.integers(0, 1000), st.sampled_from([1e3, -1e6, 1e9]))
def test_odd_rows_below_a_quarter_do_not_move_it_much(seed, odd):
    rng = np.random.default_rng(seed)
    rows = 1 + 0.01 * rng.normal(size=(20, 3))
    spoiled = rows.copy()
    spoiled[rng.choice(20, 4, replace=False)] = odd
    assert np.abs(compute_shrunk_mean(spoiled) - compute_shrunk_mean(rows)).max() < 0.02


def test_noise_around_zero_gives_mostly_nothing_and_less_than_the_plain_mean():
    rows = np.random.default_rng(0).normal(size=(24, 4000))
    found = compute_shrunk_mean(rows)
    # A mean of noise is within 1.41 of its standard deviations 84 % of the time, less as these are estimated.
    assert (found == 0).mean() > 0.75
    assert np.square(found).sum() < 0.25 * np.square(rows.mean(axis=0)).sum()


def test_a_small_truth_is_told_with_less_error_than_by_the_plain_mean():
    rng = np.random.default_rng(1)
    truth = np.where(np.arange(4000) % 10 == 0, 2.0, 0.0)
    rows = truth + rng.normal(size=(24, 4000))
    error, plain = (np.square(found - truth).mean() for found in (compute_shrunk_mean(rows), rows.mean(axis=0)))
    assert error < 0.6 * plain


def test_the_factor_is_that_of_the_formula():
    rows = np.array([[0.0], [1.0], [2.0], [3.0]])
    mean, variance = 1.5, 1.19 * ((2 - 1) / 1.349) ** 2 / 4
    assert compute_shrunk_mean(rows)[0] == pytest.approx(mean * (1 - 2 * variance / mean**2))


def test_zeros_and_single_rows_are_no_trouble():
    with np.errstate(all="raise"):
        np.testing.assert_array_equal(compute_shrunk_mean(np.zeros((5, 3))), np.zeros(3))
        np.testing.assert_array_equal(compute_shrunk_mean(np.float32([[1, 0, -2]])), [1, 0, -2])
        assert compute_shrunk_mean(np.zeros((3, 0))).shape == (0,)
