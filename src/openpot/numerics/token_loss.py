"""How far the predictions of a model of tokens are from those of another: divergence and equal first choices."""

from __future__ import annotations

import numpy as np

from openpot.typing_aliases import Array


def compare_logits(reference: Array, candidate: Array) -> tuple[Array, Array]:
    """The divergence of the distributions that logits stand for, and whether the same token comes first.

    Args:
        reference: logits, the vocabulary along the last axis.
        candidate: of the same shape.

    Returns:
        ``KL(reference || candidate)`` in nats, and truth values, both of shape ``(positions,)``.
    """
    size = reference.shape[-1]
    before, after = _log_shares(reference.reshape(-1, size)), _log_shares(candidate.reshape(-1, size))
    divergence = np.einsum("pv,pv->p", np.exp(before), before - after)
    return np.maximum(divergence, 0.0), before.argmax(axis=1) == after.argmax(axis=1)


def _log_shares(logits: Array) -> Array:
    shifted = logits.astype(np.float64)
    shifted -= shifted.max(axis=1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))
