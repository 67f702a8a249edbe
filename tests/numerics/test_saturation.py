"""Bounded pairs of weights cannot overflow."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from openpot.numerics.saturation import compute_pair_magnitude


def integers(weights, axis, channel_axes):
    """The weights as the integers that a scale from ``compute_pair_magnitude`` gives."""
    magnitude = compute_pair_magnitude(weights, axis, channel_axes)
    shape = [size if position in channel_axes else 1 for position, size in enumerate(weights.shape)]
    return np.rint(weights / (magnitude.reshape(shape) / 127))


@given(st.integers(0, 1000), st.sampled_from([((4, 6, 3, 3), 1, (0,)), ((6, 5), 0, (1,)), ((2, 3, 4, 3), 2, (0, 1))]))
def test_the_integers_of_neighbours_fit_into_16_bits_with_any_unsigned_byte(seed, layout):
    shape, axis, channel_axes = layout
    rng = np.random.default_rng(seed)
    weights = rng.standard_t(2, size=shape)
    whole = np.moveaxis(integers(weights, axis, channel_axes), axis, 0)
    assert np.abs(whole).max() <= 127
    for sign in (1, -1):
        kept = np.maximum(sign * whole, 0)
        if len(whole) % 2:
            kept = np.concatenate([kept, np.zeros_like(kept[:1])])
        assert (kept[0::2] + kept[1::2]).max() <= 128


@given(st.integers(0, 1000))
def test_pairs_need_at_most_the_range_that_halving_takes_and_at_least_the_largest_weight(seed):
    weights = np.random.default_rng(seed).normal(size=(5, 8, 3, 3))
    largest = np.abs(weights).max(axis=(1, 2, 3))
    magnitude = compute_pair_magnitude(weights, 1, (0,))
    assert (magnitude >= largest).all()
    assert (magnitude <= 2 * largest).all()


def test_single_input_channels_have_no_neighbours_and_odd_ones_may_have_any():
    assert compute_pair_magnitude(np.full((1, 1, 3, 3), 2.0), 1, (0,)) == 2.0
    weights = np.zeros((1, 3, 1, 2))
    weights[0, 0, 0, 0], weights[0, 2, 0, 1] = 3.0, 2.0
    assert compute_pair_magnitude(weights, 1, (0,)) == 5.0
    assert compute_pair_magnitude(np.concatenate([weights, weights[:, :1] * 0], axis=1), 1, (0,)) == 3.0
