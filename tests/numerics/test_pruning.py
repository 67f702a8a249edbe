"""Which weights go."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from openpot.numerics.pruning import compute_magnitudes, make_pruning_masks

LAYERS = st.lists(
    arrays(np.float64, st.integers(1, 20), elements=st.floats(-5, 5, width=32), unique=True), min_size=1, max_size=4
)


@given(LAYERS, st.floats(0, 1), st.booleans())
def test_what_goes_is_smaller_than_what_stays(layers, level, normed):
    masks = make_pruning_masks(layers, level, normed)
    sizes = np.concatenate([compute_magnitudes(layer, normed) for layer in layers])
    kept = np.concatenate(masks)
    assert sizes[~kept].max(initial=0) <= sizes[kept].min(initial=np.inf)
    # Equal sizes stay together, so that fewer may go; zeros are gone anyway.
    assert np.sum(~kept) <= max(round(level * kept.size), np.sum(sizes == 0))


@given(LAYERS, st.floats(0, 1), st.floats(0.1, 10))
def test_with_norms_the_scale_of_a_layer_does_not_matter(layers, level, factor):
    rounded = [np.round(layer * 8) / 8 for layer in layers]
    scaled = [rounded[0] * 2.0 ** round(factor), *rounded[1:]]
    for before, after in zip(make_pruning_masks(rounded, level), make_pruning_masks(scaled, level), strict=True):
        np.testing.assert_array_equal(before, after)


@pytest.mark.parametrize("level", [0.1, 0.5, 0.9])
def test_the_level_is_met(level):
    rng = np.random.default_rng(0)
    masks = make_pruning_masks([rng.standard_normal((8, 4)), rng.standard_normal(200)], level)
    assert np.mean(np.concatenate([mask.ravel() for mask in masks])) == pytest.approx(1 - level, abs=0.005)


def test_the_ends_of_the_scale():
    weights = np.array([0.0, 1.0, -2.0])
    assert make_pruning_masks([weights], 0.0)[0].tolist() == [False, True, True]
    assert make_pruning_masks([weights], 1.0)[0].tolist() == [False, False, False]
    assert make_pruning_masks([], 0.5) == []


def test_a_layer_of_zeros_has_no_norm():
    assert compute_magnitudes(np.zeros(3), normed=True).tolist() == [0, 0, 0]
