import numpy as np
import pytest

from openpot.numerics.input_moments import InputMoments
from openpot.numerics.rounding_with_feedback import DAMPING, factor_moments, refit_scales, round_with_feedback
from openpot.numerics.weight_grid import find_codes, fit_grid, restore
from openpot.weight_formats import find_format

FORMATS = ["int4_asym", "int4_sym", "nf4", "int2_asym"]


@pytest.fixture(scope="module")
def layer():
    """Weights of 24 rows and damped moments of 160 inputs that are correlated and of different strengths."""
    rng = np.random.default_rng(0)
    rows = (rng.standard_normal((900, 40)) @ rng.standard_normal((40, 160)) * rng.uniform(0.1, 3, 160)).astype(
        np.float32
    )
    moments = InputMoments(160)
    moments.add(rows, rows)
    return (rng.standard_normal((24, 160)) * 0.05).astype(np.float32), moments.damped(DAMPING)


def loss_of(weights, codes, grid, moments):
    error = restore(codes, grid).reshape(weights.shape).astype(np.float64) - weights
    return np.einsum("ri,ij,rj->r", error, moments, error)


@pytest.mark.parametrize("name", FORMATS)
def test_outputs_change_far_less_than_with_the_nearest_codes(layer, name):
    weights, moments = layer
    one = find_format(name)
    grid = fit_grid(weights.reshape(24, -1, 32), one)
    _, loss = round_with_feedback(weights, grid, one, factor_moments(moments))
    nearest = loss_of(weights, find_codes(weights.reshape(24, -1, 32), grid, one), grid, moments)
    assert loss.sum() < 0.6 * nearest.sum()


@pytest.mark.parametrize("name", FORMATS)
def test_the_loss_is_that_of_the_codes(layer, name):
    weights, moments = layer
    one = find_format(name)
    grid = fit_grid(weights.reshape(24, -1, 32), one)
    codes, loss = round_with_feedback(weights, grid, one, factor_moments(moments))
    assert loss == pytest.approx(loss_of(weights, codes, grid, moments), rel=1e-3)


def test_independent_inputs_of_one_strength_are_rounded_to_the_nearest(layer):
    weights, one = layer[0], find_format("int4_asym")
    grid = fit_grid(weights.reshape(24, -1, 32), one)
    codes, _ = round_with_feedback(weights, grid, one, factor_moments(np.eye(160)))
    assert np.array_equal(codes, find_codes(weights.reshape(24, -1, 32), grid, one))


def test_the_factor_is_triangular_and_gives_the_moments_back(layer):
    factor = factor_moments(layer[1])
    assert np.array_equal(factor.upper, np.triu(factor.upper))
    ordered = layer[1][np.ix_(factor.order, factor.order)]
    assert factor.upper @ factor.upper.T == pytest.approx(ordered, rel=1e-3, abs=1e-3 * ordered.max())
    assert (np.diff(np.diagonal(ordered)) <= 0).all()


@pytest.mark.parametrize("name", FORMATS)
def test_scales_that_are_fitted_to_the_codes_lose_no_more(layer, name):
    weights, moments = layer
    one = find_format(name)
    grid = fit_grid(weights.reshape(24, -1, 32), one, half_scales=False)
    codes, _ = round_with_feedback(weights, grid, one, factor_moments(moments))
    before, after = (
        loss_of(weights, codes, scales, moments) for scales in (grid, refit_scales(weights, codes, grid, moments))
    )
    assert (after <= before * (1 + 1e-3)).all()
    assert after.sum() < before.sum()
