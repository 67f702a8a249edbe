import numpy as np
import pytest

from openpot.numerics.bootstrap import bootstrap_interval, bootstrap_paired_change, compute_pseudo_values


def test_equal_samples_leave_no_doubt():
    assert bootstrap_interval(np.full(8, 6.0), np.full(8, 2.0)) == (3.0, 3.0)


def test_the_interval_holds_the_mean_and_shrinks_with_more_samples():
    rng = np.random.default_rng(0)
    few, many = rng.normal(5, 1, 10), rng.normal(5, 1, 1000)
    (low, high), (lower, upper) = (bootstrap_interval(values, np.ones(len(values))) for values in (few, many))
    assert low < few.mean() < high
    assert lower < many.mean() < upper
    assert upper - lower < 0.3 * (high - low)
    assert upper - lower == pytest.approx(2 * 1.96 / np.sqrt(1000), rel=0.2)


def test_equal_seeds_give_equal_intervals():
    values = np.arange(9.0)
    assert bootstrap_interval(values, np.ones(9), 3) == bootstrap_interval(values, np.ones(9), 3)


def test_many_samples_are_drawn_in_parts():
    values = np.random.default_rng(0).normal(0, 1, 5000)
    low, high = bootstrap_interval(values, np.ones(5000))
    assert high - low == pytest.approx(2 * 1.96 / np.sqrt(5000), rel=0.1)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_hits_and_misses_that_agree_leave_the_doubt_of_their_number(share):
    values = np.full(98, share)
    low, high = bootstrap_paired_change(values, values)
    assert -low == pytest.approx(high, rel=0.2)
    assert high == pytest.approx(1.96 / 100, rel=0.2)  # Agresti and Min: sqrt(0.5 + 0.5) / (98 + 2)


def test_pseudo_values_of_a_mean_are_its_values():
    values = np.array([1.0, 2.0, 6.0])
    without = (values.sum() - values) / 2
    np.testing.assert_allclose(compute_pseudo_values(values.mean(), without), values)
