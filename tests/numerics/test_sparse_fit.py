import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from openpot.numerics.sparse_fit import fit_survivors


@given(st.integers(0, 100), st.integers(2, 8), st.floats(0.1, 0.9))
def test_the_fit_is_that_of_least_squares_on_the_survivors(seed, inputs, share):
    rng = np.random.default_rng(seed)
    rows = rng.standard_normal((200, inputs)) @ rng.standard_normal((inputs, inputs))
    covariance = (rows.T @ rows / 200)[None]
    original = rng.standard_normal((1, inputs, 3))
    pruned = np.where(rng.random(original.shape) < share, 0.0, original)
    found = fit_survivors(covariance, original, pruned, 4 * inputs)
    assert ((found == 0) | (pruned != 0)).all()
    damped = covariance[0] + 0.01 * np.trace(covariance[0]) / inputs * np.eye(inputs)
    for column in range(3):
        kept = np.flatnonzero(pruned[0, :, column])
        wanted = np.linalg.solve(damped[np.ix_(kept, kept)], damped[kept] @ original[0, :, column])
        lost = found[0, :, column] - original[0, :, column]
        best = np.zeros(inputs)
        best[kept] = wanted
        best -= original[0, :, column]
        assert lost @ damped @ lost <= 1.01 * (best @ damped @ best) + 1e-9


def test_more_steps_are_better_and_none_changes_nothing():
    rng = np.random.default_rng(1)
    rows = rng.standard_normal((500, 40)) @ rng.standard_normal((40, 40))
    covariance = (rows.T @ rows / 500)[None]
    original = rng.standard_normal((1, 40, 6))
    pruned = np.where(np.abs(original) < 0.7, 0.0, original)

    def error(steps):
        lost = fit_survivors(covariance, original, pruned, steps) - original
        return float(np.einsum("gkn,gkl,gln->", lost, covariance, lost))

    np.testing.assert_array_equal(fit_survivors(covariance, original, pruned, 0), pruned)
    errors = [error(steps) for steps in (0, 3, 30)]
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < 0.6 * errors[0]
