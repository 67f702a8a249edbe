import numpy as np
import pytest

from openpot.numerics.input_moments import InputMoments


def rows(seed, count=300, inputs=20):
    rng = np.random.default_rng(seed)
    return (rng.standard_normal((count, 8)) @ rng.standard_normal((8, inputs))).astype(np.float32)


def test_pieces_give_the_moments_of_all_rows():
    whole, pieces = InputMoments(20), InputMoments(20)
    data = rows(0)
    whole.add(data, data)
    for part in (data[:100].reshape(4, 25, 20), data[100:]):
        pieces.add(part, part)
    assert pieces.count == whole.count == 300
    assert pieces.products == pytest.approx(whole.products, rel=1e-4, abs=1e-2)


def test_equal_inputs_leave_the_weights_alone():
    moments, data = InputMoments(20), rows(0)
    moments.add(data, data)
    weights = rows(1, 6)
    assert moments.corrected(weights, 0.01) == pytest.approx(weights)


def test_corrected_weights_bring_the_outputs_closer_to_the_original():
    original = rows(0)
    given = (original + 0.2 * rows(2) + 0.1 * original).astype(np.float32)
    moments, weights = InputMoments(20), rows(1, 6)
    moments.add(original, given)
    wanted = original @ weights.T
    before = np.square(given @ weights.T - wanted).sum()
    after = np.square(given @ moments.corrected(weights, 0.01).T - wanted).sum()
    assert after < 0.8 * before
