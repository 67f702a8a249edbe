"""A bidirectional LSTM in two computes the same."""

import numpy as np
import pytest

import openvino as ov
from openpot.graph.edit import ModelEditor
from openpot.graph.lstm_layer import find_lstm_layers
from openpot.graph.snapshot_model import snapshot_from_model
from openpot.inference.compile import compile_model
from openpot.rewrites.split_bidirectional import split_bidirectional
from openvino import opset13 as op
from recurrent_toys import HIDDEN, INPUTS, STEPS, lstm, recurrent_network, sequences


def all_outputs(computes_first):
    """A network that gives every output of its layer; the first state is a constant, or computed from the input."""
    x = op.parameter([1, STEPS, INPUTS], np.float32, name="x")
    first = None
    if computes_first:
        mean = op.reduce_mean(x, op.constant([1, 2]), True)
        first = op.multiply(mean, op.constant(np.linspace(-1, 1, 2 * HIDDEN, dtype=np.float32).reshape(1, 2, HIDDEN)))
    layer = lstm(x, INPUTS, "lstm0", "bidirectional", first=first)
    return ov.Model([op.relu(layer.output(port)) for port in range(3)], [x], "all")


@pytest.mark.parametrize(
    "make", [lambda: recurrent_network("bidirectional", 2), lambda: all_outputs(False), lambda: all_outputs(True)]
)
def test_the_network_computes_what_it_did(make):
    model, original = make(), make()
    (layer, *others) = find_lstm_layers(snapshot_from_model(model))
    with ModelEditor(model) as editor:
        assert split_bidirectional(editor, layer) == ("lstm0", "lstm0/reverse")
    snapshot = snapshot_from_model(model)
    directions = {node.name: node.attributes["direction"] for node in snapshot.nodes_of_type("LSTMSequence")}
    assert directions == {
        "lstm0": "forward",
        "lstm0/reverse": "reverse",
        **{other.name: "bidirectional" for other in others},
    }
    before, after = compile_model(original, "CPU"), compile_model(model, "CPU")
    for data in sequences(3):
        for expected, given in zip(before(data).values(), after(data).values(), strict=True):
            np.testing.assert_allclose(given, expected, atol=1e-5)
