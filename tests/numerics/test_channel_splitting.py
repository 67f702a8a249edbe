"""Outlier channels in two halves."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from openpot.numerics.channel_splitting import split_outlier_channels

WEIGHTS = arrays(
    np.float32, st.tuples(st.integers(1, 3), st.integers(1, 5), st.integers(1, 3)), elements=st.floats(-4, 4, width=32)
)


@given(WEIGHTS, st.integers(0, 5))
def test_the_layer_computes_the_same_on_copied_channels(weights, count):
    wider, sources = split_outlier_channels(weights, count)
    assert wider.shape[1] == weights.shape[1] + count == weights.shape[1] + len(sources)
    folded = wider[:, : weights.shape[1]].copy()
    for position, source in enumerate(sources):
        folded[:, source] += wider[:, weights.shape[1] + position]
    np.testing.assert_allclose(folded, weights, rtol=1e-6)


@given(WEIGHTS, st.integers(1, 5))
def test_no_weight_grows(weights, count):
    wider, _ = split_outlier_channels(weights, count)
    assert np.abs(wider).max() <= np.abs(weights).max()


def test_the_outlier_is_halved_and_small_weights_stay_in_one_copy():
    weights = np.array([[[8.0], [1.0]], [[3.0], [2.0]]], np.float32)
    wider, sources = split_outlier_channels(weights, 1)
    assert sources == (0,)
    assert wider[:, :, 0].tolist() == [[4.0, 1.0, 4.0], [3.0, 2.0, 0.0]]


def test_a_copy_can_be_split_again():
    wider, sources = split_outlier_channels(np.array([[[8.0], [1.0]]], np.float32), 3)
    assert sources == (0, 0, 0)
    assert np.abs(wider).max() == 2.0
