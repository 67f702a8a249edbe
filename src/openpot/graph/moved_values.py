"""Where a value comes from: the walk up through operations that only move or select values.

Checked on the executed graph of the CPU plugin of OpenVINO 2026: Tile, SpaceToDepth, Roll, Clamp and interpolation that
is not nearest-neighbour compute in float whatever surrounds them, and Pad with another value than zero makes the
convolution below it run in float.
"""

from __future__ import annotations

from collections.abc import Container

from openpot.graph.fillers import holds_fillers, pads_with_zero
from openpot.graph.operation_kinds import CHANNEL_KEEPING, INT8_MOVING, POT_AGNOSTIC, TAKING_LARGEST
from openpot.graph.snapshot import GraphSnapshot, NodeRecord
from openpot.graph.tensor_id import TensorId

MAX_INTEGER_LEVELS = 256
"""Data of more levels are computed with in float."""

_PAD_MODES_WITHOUT_VALUE = frozenset({"edge", "reflect", "symmetric"})


def preserves_precision(snapshot: GraphSnapshot, node: NodeRecord) -> bool:
    """Whether quantization commutes with an operation and the device runs it on INT8 data as they are."""
    if not node.inputs or node.inputs[0].node in snapshot.constants:
        return False
    if node.type == "Concat":
        # One input in float, and the whole Concat is.
        return not any(source.node in snapshot.constants for source in node.inputs)
    if node.type == "Pad":
        return pads_with_zero(snapshot, node) or node.attributes.get("pad_mode") in _PAD_MODES_WITHOUT_VALUE
    if node.type == "Interpolate":
        return node.attributes.get("mode") == "nearest"
    if node.type in TAKING_LARGEST and holds_fillers(snapshot, node.inputs[0]):
        return False  # the filler ends here; before the operation it would be part of the range
    return node.type in INT8_MOVING


def keeps_channels(node: NodeRecord) -> bool:
    """Whether axis 1 of the output holds the same channels as axis 1 of the input, value by value."""
    return node.type in CHANNEL_KEEPING


def find_origin(snapshot: GraphSnapshot, tensor: TensorId, through: Container[str] = POT_AGNOSTIC) -> TensorId:
    """The tensor that the values of another one were made in.

    Args:
        snapshot: The graph.
        tensor: Where the walk begins.
        through: Types of operations to walk through, by their first input.
    """
    node = snapshot[tensor.node]
    while node.type in through and node.inputs:
        tensor = node.inputs[0]
        node = snapshot[tensor.node]
    return tensor


def is_integer(snapshot: GraphSnapshot, tensor: TensorId) -> bool:
    """Whether a device has the values of a tensor as 8-bit integers: whether all of them come from a FakeQuantize."""
    node = snapshot[tensor.node]
    if node.type == "FakeQuantize":
        return int(str(node.attributes["levels"])) <= MAX_INTEGER_LEVELS
    if node.type == "Concat":
        return all(is_integer(snapshot, source) for source in node.inputs)
    if node.inputs and (node.type in POT_AGNOSTIC or preserves_precision(snapshot, node)):
        return is_integer(snapshot, node.inputs[0])
    return False
