import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openpot.numerics.weight_grid import find_codes, fit_grid, fits_half_scales, restore
from openpot.weight_formats import FORMATS

NAMES = list(FORMATS)


def error(weights, grid, one):
    return float(np.square(restore(find_codes(weights, grid, one), grid) - weights).sum())


def samples(seed=0, shape=(5, 3, 32), scale=0.05):
    return (np.random.default_rng(seed).standard_t(5, shape) * scale).astype(np.float32)


@pytest.mark.parametrize("name", NAMES)
def test_the_search_loses_no_more_than_the_whole_range(name):
    weights, one = samples(), FORMATS[name]
    searched = fit_grid(weights, one, half_scales=False)
    whole = fit_grid(weights, one, half_scales=False, searches=False)
    assert error(weights, searched, one) <= error(weights, whole, one)


@pytest.mark.parametrize("name", NAMES)
def test_weights_on_a_grid_come_back(name):
    one = FORMATS[name]
    codes = np.random.default_rng(1).integers(0, 1 << one.num_bits, (4, 2, 32))
    codes[..., :4] = [0, 1, 2, (1 << one.num_bits) - 1]
    if one.values:
        values = np.array(one.values, np.float32)[np.where(codes == 127, 0, codes) % len(one.values)]
        weights = np.nan_to_num(values) * np.float32(0.5)
        weights[..., 0] = one.ordered[0][-1] / 2
    else:
        weights = (codes + one.lowest - (1 if one.has_zero_point else 0)) * np.float32(0.25)
    grid = fit_grid(weights.astype(np.float32), one)
    assert error(weights, grid, one) <= 1e-6 * np.square(weights).sum()


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), scale=st.sampled_from([1e-3, 1.0, 30.0]))
def test_codes_are_storable_and_the_nearest_ones(name, seed, scale):
    one = FORMATS[name]
    weights = samples(seed, (2, 2, 32), scale)
    grid = fit_grid(weights, one, half_scales=False)
    assert np.isfinite(grid.scale).all() and (grid.scale != 0).all()
    codes = find_codes(weights, grid, one)
    possible = one.ordered[0] if one.values else np.arange(one.lowest, one.highest + 1, dtype=np.float32)
    assert np.isin(codes, possible).all()
    shifted = possible if grid.zero_point is None else possible - grid.zero_point
    nearest = np.abs(
        weights[..., None] - (shifted * grid.scale)[:, :, None, :]
        if grid.zero_point is not None
        else weights[..., None] - shifted * grid.scale[..., None]
    ).min(axis=-1)
    assert np.abs(restore(codes, grid) - weights) == pytest.approx(nearest, rel=1e-3, abs=1e-5 * scale)


def test_importance_moves_the_error_away_from_strong_inputs():
    weights, one = samples(3, (64, 1, 32)), FORMATS["int2_asym"]
    importance = np.where(np.arange(32) < 8, 100.0, 1.0).astype(np.float32)
    plain, weighted = (fit_grid(weights, one, share) for share in (None, importance))

    def weighted_error(grid):
        return float((np.square(restore(find_codes(weights, grid, one), grid) - weights) * importance).sum())

    assert weighted_error(weighted) < 0.9 * weighted_error(plain)


def test_a_group_of_zeros_stays_zero():
    weights = np.zeros((2, 2, 32), np.float32)
    for one in FORMATS.values():
        grid = fit_grid(weights, one)
        assert not restore(find_codes(weights, grid, one), grid).any()


def test_tiny_and_huge_scales_need_float32():
    one = FORMATS["int8_asym"]
    assert fits_half_scales(samples(), one)
    assert not fits_half_scales(samples(scale=1e-5), one)
    assert not fits_half_scales(samples(scale=1e8), one)


def test_rows_of_a_grid_are_those_of_its_arrays():
    weights, one = samples(), FORMATS["int4_asym"]
    grid = fit_grid(weights, one)
    part = grid.rows(slice(1, 3))
    assert np.array_equal(find_codes(weights[1:3], part, one), find_codes(weights, grid, one)[1:3])


@pytest.mark.parametrize("searches", [False, True])
def test_weights_near_the_ends_of_float32_have_a_scale(searches):
    weights = np.array([[[3e38, -3e38, 1e38, 0.0]]], np.float32)
    stored = FORMATS["int8_asym"]
    grid = fit_grid(weights, stored, half_scales=False, searches=searches)
    assert np.allclose(restore(find_codes(weights, grid, stored), grid), weights, atol=3e36)
