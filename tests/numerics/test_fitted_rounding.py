import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from openpot.numerics.fitted_rounding import LevelGrid, fit_weights, round_weights
from openpot.numerics.layer_moments import LayerMoments


def case(seed, inputs=12, outputs=5, groups=2, levels=15):
    rng = np.random.default_rng(seed)
    mixing = rng.standard_normal((groups, inputs, inputs))
    rows = rng.standard_normal((groups, 400, inputs)) @ mixing
    weights = rng.standard_normal((groups, inputs, outputs))
    moments = LayerMoments(groups, inputs, outputs)
    moments.add(rows, rows @ weights)
    high = np.abs(weights).max(axis=1, keepdims=True)
    step = 2 * high / (levels - 1)
    return moments, weights, LevelGrid(-high, step, np.zeros_like(high), np.full_like(high, levels - 1))


def error(moments, weights):
    return moments.compute_errors(weights, moments.compute_bias(weights)).sum()


@given(st.integers(0, 200))
def test_levels_are_on_the_grid_and_their_outputs_closer_than_with_the_nearest_levels(seed):
    moments, weights, grid = case(seed)
    levels = round_weights(moments, weights, grid, np.zeros(weights.shape, bool))
    assert np.array_equal(levels, np.rint(levels))
    assert (levels >= grid.lowest).all() and (levels <= grid.highest).all()
    nearest = error(moments, grid.to_weight(grid.find_level(weights)))
    assert error(moments, grid.to_weight(levels)) < 1.05 * nearest


def test_on_correlated_inputs_a_third_of_the_error_goes_away():
    ratios = []
    for seed in range(20):
        moments, weights, grid = case(seed)
        found = round_weights(moments, weights, grid, np.zeros(weights.shape, bool))
        ratios.append(error(moments, grid.to_weight(found)) / error(moments, grid.to_weight(grid.find_level(weights))))
    assert np.median(ratios) < 0.65


@given(st.integers(0, 50))
def test_zeros_stay_zeros(seed):
    moments, weights, grid = case(seed)
    zeros = np.random.default_rng(seed).random(weights.shape) < 0.5
    levels = round_weights(moments, np.where(zeros, 0, weights), grid, zeros)
    np.testing.assert_allclose(grid.to_weight(levels)[zeros], 0, atol=1e-12)


def test_regression_takes_back_what_a_shrunk_input_lost_unless_it_is_pulled():
    rng = np.random.default_rng(0)
    rows, weights = rng.standard_normal((1, 500, 6)), rng.standard_normal((1, 6, 3))
    moments = LayerMoments(1, 6, 3)
    moments.add(0.8 * rows, rows @ weights)
    np.testing.assert_allclose(fit_weights(moments, weights), weights / 0.8, rtol=0.02)
    np.testing.assert_allclose(fit_weights(moments, weights, regularization=1e6), weights, rtol=1e-3)


def test_inputs_that_never_vary_leave_their_weights_alone():
    moments = LayerMoments(1, 3, 1)
    moments.add(np.ones((1, 10, 3)), np.ones((1, 10, 1)))
    weights = np.array([[[1.0], [2.0], [3.0]]])
    np.testing.assert_allclose(fit_weights(moments, weights), weights)
