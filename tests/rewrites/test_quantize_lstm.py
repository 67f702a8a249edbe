"""An LSTM with quantizers: what is written, and what the kernel computes of it."""

import numpy as np
import pytest

from openpot.graph.lstm_layer import find_lstm_layers
from openpot.graph.snapshot_model import snapshot_from_model
from openpot.inference.compile import compile_model
from openpot.measure.executed_graph import read_executed_graph
from openpot.measure.instruction_set import has_int8_saturation
from openpot.placement.plan import QuantizerKind
from openpot.rewrites.quantize_lstm import LstmScaling, quantize_lstm
from recurrent_toys import INPUTS, recurrent_network, sequences


def quantized(direction="forward", scale=1.0, hidden=0.9, **further):
    model = recurrent_network(direction, scale=scale)
    (layer,) = find_lstm_layers(snapshot_from_model(model))
    factors = np.full(INPUTS, scale / hidden, np.float32)
    return model, quantize_lstm(model, layer, LstmScaling(factors, hidden, **further))


def test_what_is_written():
    model, done = quantized(scale=4.0, hidden=0.5)
    assert done.operations == ("lstm0",)
    assert [(q.name, q.kind, q.levels) for q in done.planned] == [
        ("lstm0/fq_input_0", QuantizerKind.ACTIVATIONS, 256),
        ("lstm0/fq_weights_4", QuantizerKind.WEIGHTS, 255),
        ("lstm0/fq_weights_5", QuantizerKind.WEIGHTS, 255),
    ]
    states = done.limits["lstm0/fq_input_0"]
    assert float(states.input_high) == 0.5
    zero_level = -float(states.input_low) / float(states.scale)
    assert zero_level == pytest.approx(128, abs=1e-4), "zero has to be a level: states begin there"
    weights, recurrent = done.limits["lstm0/fq_weights_4"], done.limits["lstm0/fq_weights_5"]
    assert weights.equals(recurrent), "the kernel has one scale for both"
    snapshot = snapshot_from_model(model)
    assert snapshot["lstm0"].inputs[0].node == "lstm0/fq_input_0"
    assert snapshot["lstm0/fq_input_0"].inputs[0].node == "lstm0/scaled"


def test_halved_weights_have_limits_twice_as_wide():
    _, usual = quantized()
    _, halved = quantized(halves_weights=True)
    np.testing.assert_allclose(
        halved.limits["lstm0/fq_weights_4"].input_high, 2 * usual.limits["lstm0/fq_weights_4"].input_high
    )


def test_a_computed_first_state_is_quantized_too():
    _, done = quantized(computes_first=True)
    assert [q.name for q in done.planned][:2] == ["lstm0/fq_input_0", "lstm0/fq_input_1"]


@pytest.mark.parametrize("direction", ["forward", "bidirectional"])
@pytest.mark.parametrize(("scale", "padding"), [(0.05, 0), (1.0, 4), (40.0, 0)])
def test_the_kernel_computes_in_int8_and_is_close_whatever_the_scale_of_the_data(direction, scale, padding):
    """With scales of their own, or an input range that the states do not have, half of the signal and more is lost."""
    original = recurrent_network(direction, scale=scale)
    model, done = quantized(direction, scale, halves_weights=has_int8_saturation(), padding=padding)
    before, after = compile_model(original, "CPU"), compile_model(model, "CPU")
    executed = read_executed_graph(model, compiled=after)
    assert all(executed[name].is_integer for name in done.operations)
    data = sequences(8, scale)
    expected, given = (np.stack([compiled(x)[0].copy() for x in data]) for compiled in (before, after))
    error = np.sqrt(np.square(expected - given).sum() / np.square(expected - expected.mean(0)).sum())
    assert error < 0.1
