"""Limits of LSTM weights: shared by both matrices, and by the first two gates of a channel."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from openpot.numerics.gate_scales import compute_gate_limits

SIZES = st.integers(1, 5)


@given(st.integers(1, 2), SIZES, SIZES, st.integers(0, 10**6))
def test_limits_hold_both_matrices_and_are_shared_by_the_first_two_gates(directions, hidden, inputs, seed):
    rng = np.random.default_rng(seed)
    weights = rng.standard_normal((directions, 4 * hidden, inputs))
    recurrent = rng.standard_normal((directions, 4 * hidden, hidden))
    limits = compute_gate_limits(weights, recurrent)
    assert limits.shape == (directions, 4 * hidden, 1)
    assert limits.dtype == np.float32
    tolerance = 1 + 1e-6
    assert (np.abs(weights) <= limits * tolerance).all()
    assert (np.abs(recurrent) <= limits * tolerance).all()
    gates = limits.reshape(directions, 4, hidden)
    np.testing.assert_array_equal(gates[:, 0], gates[:, 1])
    # Of the other two gates each row has what it needs and no more.
    rows = np.maximum(np.abs(weights).max(2), np.abs(recurrent).max(2)).reshape(directions, 4, hidden)
    np.testing.assert_allclose(gates[:, 2:], rows[:, 2:], rtol=1e-6)


def test_rows_of_zeros_get_limits_all_the_same():
    assert (compute_gate_limits(np.zeros((1, 8, 3)), np.zeros((1, 8, 2))) == 1).all()
