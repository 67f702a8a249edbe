"""How far the predictions of a model of tokens are from those of another: divergence and equal first choices."""

from __future__ import annotations

import numpy as np

from openpot.typing_aliases import Array

POSITIONS_AT_ONCE = 64
"""Positions that are compared at once: a vocabulary of 100,000 tokens then takes 25 MB."""


def compare_logits(reference: Array, candidate: Array) -> tuple[Array, Array]:
    """The divergence of the distributions that logits stand for, and whether the same token comes first.

    Logits are shifted by their largest one and summed in float32, which keeps divergences above a millionth of a nat.

    Args:
        reference: logits, the vocabulary along the last axis.
        candidate: of the same shape.

    Returns:
        ``KL(reference || candidate)`` in nats, and truth values, both of shape ``(positions,)``.
    """
    size = reference.shape[-1]
    before, after = reference.reshape(-1, size), candidate.reshape(-1, size)
    parts = [
        _compare_positions(before[start : start + POSITIONS_AT_ONCE], after[start : start + POSITIONS_AT_ONCE])
        for start in range(0, len(before), POSITIONS_AT_ONCE)
    ]
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])


def _compare_positions(reference: Array, candidate: Array) -> tuple[Array, Array]:
    before, sum_before = _shift(reference)
    after, sum_after = _shift(candidate)
    is_same = before.argmax(axis=1) == after.argmax(axis=1)
    np.subtract(before, after, out=after)
    # KL = sum of shares * (difference of logits) - (difference of the logarithms of the sums)
    shares = np.exp(before, out=before)
    mean = np.einsum("pv,pv->p", shares, after, dtype=np.float64) / sum_before
    return np.maximum(mean - np.log(sum_before) + np.log(sum_after), 0.0), is_same


def _shift(logits: Array) -> tuple[Array, Array]:
    """Logits with the largest at zero, and the sums of their exponentials."""
    values = logits.astype(np.float32)
    values -= values.max(axis=1, keepdims=True)
    return values, np.exp(values).sum(axis=1, dtype=np.float64)
