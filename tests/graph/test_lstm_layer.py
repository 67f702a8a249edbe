"""Which LSTM layers are known well enough to be changed."""

import numpy as np
import pytest

import openvino as ov
from openpot.graph.lstm_layer import LstmLayer, find_lstm_layers
from openpot.graph.snapshot_model import snapshot_from_model
from openpot.graph.tensor_id import TensorId
from openvino import opset13 as op
from recurrent_toys import HIDDEN, INPUTS, STEPS, normal, recurrent_network


@pytest.mark.parametrize(("direction", "is_bidirectional"), [("forward", False), ("bidirectional", True)])
def test_layers_are_found_in_their_order(direction, is_bidirectional):
    first, second = find_lstm_layers(snapshot_from_model(recurrent_network(direction, layers=2)))
    assert first == LstmLayer("lstm0", TensorId("x"), INPUTS, HIDDEN, is_bidirectional)
    assert second.name == "lstm1"
    assert second.states == TensorId("lstm1", 0)


def single(weights=None, **attributes):
    x = op.parameter([1, STEPS, INPUTS], np.float32, name="x")
    further = [] if weights is None else [weights]
    zeros = op.constant(np.zeros((1, 1, HIDDEN), np.float32))
    layer = op.lstm_sequence(
        x,
        zeros,
        zeros,
        op.constant(np.array([STEPS], np.int32)),
        op.constant(normal(0, 1, 4 * HIDDEN, INPUTS)) if weights is None else weights,
        op.constant(normal(1, 1, 4 * HIDDEN, HIDDEN)),
        op.constant(normal(2, 1, 4 * HIDDEN)),
        HIDDEN,
        "forward",
        **attributes,
    )
    return snapshot_from_model(ov.Model([layer.output(0)], [x, *further], "single"))


def test_usual_gates_are_told_from_others():
    assert len(find_lstm_layers(single())) == 1
    assert not find_lstm_layers(single(activations=["sigmoid", "relu", "tanh"]))
    assert not find_lstm_layers(single(clip=2.0))


def test_weights_that_depend_on_data_make_no_layer():
    assert not find_lstm_layers(single(op.parameter([1, 4 * HIDDEN, INPUTS], np.float32, name="w")))
