"""Small recurrent networks, and data for them."""

import numpy as np

import openvino as ov
from openvino import opset13 as op
from toy_models import built_once

STEPS, INPUTS, HIDDEN = 12, 10, 16


def normal(seed, *shape):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def lstm(x, inputs, name, direction="forward", seed=0, batch=1, scale=1.0, first=None):
    """An LSTM over ``x`` of shape (batch, steps, inputs); its weights undo a ``scale`` of the data."""
    directions = 2 if direction == "bidirectional" else 1
    zeros = op.constant(np.zeros((batch, directions, HIDDEN), np.float32)) if first is None else first
    return op.lstm_sequence(
        x,
        zeros,
        zeros,
        op.constant(np.full(batch, STEPS, np.int32)) if first is None else op.constant(np.full(1, STEPS, np.int32)),
        op.constant(normal(seed, directions, 4 * HIDDEN, inputs) / (scale * np.sqrt(inputs)).astype(np.float32)),
        op.constant(normal(seed + 1, directions, 4 * HIDDEN, HIDDEN) / np.float32(np.sqrt(HIDDEN))),
        op.constant(normal(seed + 2, directions, 4 * HIDDEN) * np.float32(0.1)),
        HIDDEN,
        direction,
        name=name,
    )


def joined(states, directions=1):
    """The hidden states of all steps, (batch, directions, steps, hidden), as (batch, steps, channels)."""
    moved = op.transpose(states, op.constant([0, 2, 1, 3]))
    return op.reshape(moved, op.constant([0, 0, directions * HIDDEN]), True)


@built_once
def recurrent_network(direction="forward", layers=1, scale=1.0):
    """LSTM layers ``lstm0``, ``lstm1``..., of which a product makes the output."""
    x = op.parameter([1, STEPS, INPUTS], np.float32, name="x")
    directions = 2 if direction == "bidirectional" else 1
    y, width = x, INPUTS
    for number in range(layers):
        factor = scale if number == 0 else 1.0
        y = joined(lstm(y, width, f"lstm{number}", direction, 10 * number, scale=factor).output(0), directions)
        width = directions * HIDDEN
    y = op.matmul(y, op.constant(normal(99, width, 6)), False, False, name="last")
    return ov.Model([op.result(y)], [x], "recurrent")


def sequences(count, scale=1.0, seed=5):
    """Inputs of shape (1, steps, inputs)."""
    return [scale * np.tanh(normal(seed + number, 1, STEPS, INPUTS)) for number in range(count)]
