"""Values far below all data that stand for nothing: padding before a maximum, masks before a Softmax.

Exporters write a padded max pooling as ``Pad(-1e9)`` or ``Pad(-inf)``, and masks as ``Select(mask, x, -inf)`` or
``Add(x, mask * -1e4)``. What reads such a tensor lets the fillers vanish; a range observed there is that of the
fillers, not of the data.
"""

from __future__ import annotations

from openpot.graph.operation_kinds import INT8_MOVING, REORDERINGS, TAKING_LARGEST
from openpot.graph.snapshot import GraphSnapshot, NodeRecord
from openpot.graph.tensor_id import TensorId

LARGEST_FILLER = -1000.0
"""Exporters take -1e4 at most; networks compute with values of that size nowhere before a maximum."""

_VALUE_PORT = 3
_BRANCHES = (1, 2)
_MOVED = (INT8_MOVING - TAKING_LARGEST) | {"Convert", "PRelu"}
"""Operations that pass fillers on, unchanged or about as large."""
_CARRIED = frozenset({"Add", "Subtract", "Multiply", "Divide", "Concat"})
_CONSTANT_FORMS = REORDERINGS | {"Convert", "Broadcast"}
_ABSORBING = TAKING_LARGEST | {
    "Softmax", "LogSoftmax", "ReduceLogSumExp", "Maximum", "TopK", "Relu", "Clamp", "Sigmoid", "HardSigmoid", "Exp",
    "Elu", "Greater", "GreaterEqual", "Less", "LessEqual", "Tanh",
}  # fmt: skip
"""Operations that turn -inf into a finite value, or whose result ignores it as long as there is another value."""


def holds_fillers(snapshot: GraphSnapshot, tensor: TensorId, by_padding: bool = True) -> bool:
    """Whether fillers were put into a tensor and nothing has made them vanish yet.

    Args:
        snapshot: the graph.
        tensor: the tensor.
        by_padding: whether those count that a Pad put there.
    """
    pending, seen = [tensor], {tensor}
    while pending:
        node = snapshot[pending.pop().node]
        if node.name in snapshot.constants:
            continue
        if _puts_fillers(snapshot, node) and (by_padding or node.type != "Pad"):
            return True
        fresh = [source for source in _list_carried(node) if source not in seen]
        seen.update(fresh)
        pending += fresh
    return False


def has_vanishing_fillers(snapshot: GraphSnapshot, tensor: TensorId) -> bool:
    """Whether a tensor holds fillers, and all that it reaches lets them vanish."""
    return holds_fillers(snapshot, tensor) and _are_absorbed(snapshot, tensor)


def _are_absorbed(snapshot: GraphSnapshot, tensor: TensorId) -> bool:
    pending, seen = [tensor], {tensor}
    while pending:
        current = pending.pop()
        for reader in snapshot.readers(current.node, current.port):
            node = snapshot[reader.node]
            if node.type in _ABSORBING or node.type == "ShapeOf":
                continue
            if node.type not in _MOVED | _CARRIED:
                return False
            fresh = [
                output
                for output in (TensorId(node.name, port) for port in range(len(node.output_shapes)))
                if output not in seen
            ]
            seen.update(fresh)
            pending += fresh
    return True


def _puts_fillers(snapshot: GraphSnapshot, node: NodeRecord) -> bool:
    if node.type == "Pad":
        is_constant = node.attributes.get("pad_mode") == "constant"
        return is_constant and not pads_with_zero(snapshot, node)
    if node.type == "Select":
        constants = [node.inputs[port] for port in _BRANCHES if node.inputs[port].node in snapshot.constants]
        return any(_may_be_filler(snapshot, source) for source in constants)
    if node.type == "Multiply":  # mask * filler, or (inverted mask - 1) * -filler; the mask is 1 where nothing is
        values = [_find_value(snapshot, source) for source in node.inputs if source.node in snapshot.constants]
        return any(value is not None and abs(value) >= -LARGEST_FILLER for value in values)
    return False


def _list_carried(node: NodeRecord) -> list[TensorId]:
    if node.type in _CARRIED:
        return list(node.inputs)
    if node.type == "Select":
        return [node.inputs[port] for port in _BRANCHES]
    return [node.inputs[0]] if node.inputs and node.type in _MOVED | {"Pad"} else []


def _may_be_filler(snapshot: GraphSnapshot, tensor: TensorId) -> bool:
    value = _find_value(snapshot, tensor)
    return value is None or value <= LARGEST_FILLER


def _find_value(snapshot: GraphSnapshot, tensor: TensorId) -> float | None:
    """The number that a constant holds everywhere; None if the snapshot does not tell."""
    node = snapshot[tensor.node]
    while node.type in _CONSTANT_FORMS and node.inputs:
        node = snapshot[node.inputs[0].node]
    value = node.attributes.get("value")
    return float(value) if isinstance(value, int | float) else None


def pads_with_zero(snapshot: GraphSnapshot, node: NodeRecord) -> bool:
    """Zero is a level of every quantizer; another value need not be, and the snapshot must know it to tell."""
    if node.attributes.get("pad_mode") != "constant":
        return False
    if len(node.inputs) <= _VALUE_PORT:
        return True
    value = snapshot[node.inputs[_VALUE_PORT].node].attributes.get("value")
    return isinstance(value, int | float) and value == 0
