"""Scales of the quantized weights of an LSTM, as its INT8 kernel can use them."""

from __future__ import annotations

import numpy as np

from openpot.typing_aliases import Array

GATES = 4
"""Forget, input, candidate and output, in this order in OpenVINO's weights."""
SHARED_GATES = (0, 1)
"""The kernel orders the first two gates the other way round than the weights, and their scales as the weights do."""


def compute_gate_limits(weights: Array, recurrent: Array) -> Array:
    """The largest magnitude that each row of weights shares with the same row of the recurrent weights.

    oneDNN's INT8 kernel multiplies the sums of both products by one scale for each row, and takes the scale of a row of
    the forget gate for the input gate and the other way round (measured, ``docs/speed.md``). So both matrices share
    their limits, and so do these two gates of a hidden channel.

    Args:
        weights: of the input, shape ``(directions, 4 * hidden, inputs)``.
        recurrent: of the hidden state, shape ``(directions, 4 * hidden, hidden)``.

    Returns:
        Shape ``(directions, 4 * hidden, 1)``, positive where a row is not zero, else 1.
    """
    rows = np.maximum(np.abs(weights).max(axis=2), np.abs(recurrent).max(axis=2))
    gates = rows.reshape(len(rows), GATES, -1)
    shared = list(SHARED_GATES)
    gates[:, shared] = gates[:, shared].max(axis=1, keepdims=True)
    limits = gates.reshape(len(rows), -1, 1)
    return np.where(limits > 0, limits, 1.0).astype(np.float32)
