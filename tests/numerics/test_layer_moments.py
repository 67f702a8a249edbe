import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from openpot.numerics.layer_moments import LayerMoments


@given(st.integers(1, 3), st.integers(1, 5), st.integers(1, 3), st.integers(0, 99))
def test_errors_are_those_of_the_rows(groups, inputs, outputs, seed):
    rng = np.random.default_rng(seed)
    rows = rng.standard_normal((groups, 30, inputs)) + 2
    wanted = rng.standard_normal((groups, 30, outputs)) - 1
    moments = LayerMoments(groups, inputs, outputs)
    for part in (slice(0, 7), slice(7, 30)):
        moments.add(rows[:, part], wanted[:, part])
    weights, bias = rng.standard_normal((groups, inputs, outputs)), rng.standard_normal((groups, outputs))
    expected = np.square(rows @ weights + bias[:, None] - wanted).mean(axis=1)
    np.testing.assert_allclose(moments.compute_errors(weights, bias), expected, rtol=1e-6, atol=1e-9)
    best = moments.compute_bias(weights)
    np.testing.assert_allclose((rows @ weights + best[:, None] - wanted).mean(axis=1), 0, atol=1e-9)
    assert (moments.compute_errors(weights, best) <= expected + 1e-9).all()


def test_inputs_alone_are_enough_for_their_covariance():
    rows = np.random.default_rng(0).standard_normal((2, 50, 4))
    moments = LayerMoments(2, 4)
    moments.add(rows)
    np.testing.assert_allclose(moments.covariance[1], np.cov(rows[1].T, bias=True), atol=1e-12)
    assert moments.count == 50
