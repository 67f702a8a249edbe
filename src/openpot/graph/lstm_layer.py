"""LSTM layers whose weights are known, in a snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from openpot.graph.snapshot import GraphSnapshot, NodeRecord
from openpot.graph.tensor_id import TensorId

LSTM_SEQUENCE = "LSTMSequence"
INPUT, HIDDEN, CELL, WEIGHTS, RECURRENT_WEIGHTS, BIAS = 0, 1, 2, 4, 5, 6
"""Ports of it; port 3 has the lengths of the sequences."""
NUM_OUTPUTS = 3
"""It gives the hidden state of every step, and hidden and cell state after the last one."""
_USUAL_ACTIVATIONS = ["sigmoid", "tanh", "tanh"]


@dataclass(frozen=True)
class LstmLayer:
    """An LSTMSequence with constant weights and the usual gates.

    Attributes:
        name: of the operation.
        data: what it reads, shape ``(batch, steps, inputs)``.
        num_inputs: number of channels that it reads.
        hidden_size: number of its hidden channels.
        is_bidirectional: whether it runs over the steps in both directions.
    """

    name: str
    data: TensorId
    num_inputs: int
    hidden_size: int
    is_bidirectional: bool

    @property
    def states(self) -> TensorId:
        """The hidden states of all steps."""
        return TensorId(self.name)


def find_lstm_layers(snapshot: GraphSnapshot) -> tuple[LstmLayer, ...]:
    """The LSTM layers in topological order, but those with unusual gates or with weights that depend on data."""
    return tuple(
        LstmLayer(
            node.name,
            node.inputs[INPUT],
            _count_inputs(snapshot, node),
            int(str(node.attributes["hidden_size"])),
            str(node.attributes.get("direction")) == "bidirectional",
        )
        for node in snapshot.nodes_of_type(LSTM_SEQUENCE)
        if _is_usual(snapshot, node)
    )


def _count_inputs(snapshot: GraphSnapshot, node: NodeRecord) -> int:
    """The last axis of the weights."""
    shape = snapshot.shape(node.inputs[WEIGHTS])
    return 0 if shape is None else int(shape[-1] or 0)


def _is_usual(snapshot: GraphSnapshot, node: NodeRecord) -> bool:
    has_weights = all(node.inputs[port].node in snapshot.constants for port in (WEIGHTS, RECURRENT_WEIGHTS, BIAS))
    is_float = snapshot.element_type(node.inputs[INPUT]) == "f32" and node.inputs[INPUT].node not in snapshot.constants
    return has_weights and is_float and _has_usual_gates(node.attributes)


def _has_usual_gates(attributes: Mapping[str, object]) -> bool:
    activations = attributes.get("activations", _USUAL_ACTIVATIONS)
    clip = float(str(attributes.get("clip", 0.0)))
    return list(activations) == _USUAL_ACTIVATIONS and clip == 0.0  # type: ignore[call-overload]
