import numpy as np
import pytest

from openpot.numerics.token_loss import compare_logits


def test_equal_logits_lose_nothing_whatever_is_added_to_them():
    logits = np.random.default_rng(0).standard_normal((2, 3, 50)).astype(np.float32)
    divergence, same = compare_logits(logits, logits + 7)
    assert divergence.shape == same.shape == (6,)
    assert divergence == pytest.approx(0, abs=1e-6)
    assert same.all()


def test_the_divergence_is_that_of_the_distributions():
    before, after = np.array([0.7, 0.2, 0.1]), np.array([0.2, 0.6, 0.2])
    divergence, same = compare_logits(np.log(before)[None], np.log(after)[None])
    assert divergence[0] == pytest.approx(np.sum(before * np.log(before / after)))
    assert not same[0]
