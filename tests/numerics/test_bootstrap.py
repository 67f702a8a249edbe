import numpy as np
import pytest

from openpot.numerics.bootstrap import bootstrap_interval


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
