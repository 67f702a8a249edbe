"""Operations that only move or select values, and do so on INT8 data without turning them back into floats.

Checked on the executed graph of the CPU plugin of OpenVINO 2026: Tile, SpaceToDepth, Roll, Clamp and interpolation that
is not nearest-neighbour compute in float whatever surrounds them, and Pad with another value than zero makes the
convolution below it run in float.
"""

from __future__ import annotations

from openpot.graph.snapshot import GraphSnapshot, NodeRecord

_ALWAYS = frozenset(
    {
        "MaxPool", "ReduceMax", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Split", "VariadicSplit",
        "Transpose", "StridedSlice", "Slice", "Crop", "ShuffleChannels", "DepthToSpace", "Gather", "Broadcast",
        "SpaceToBatch", "BatchToSpace",
    }
)  # fmt: skip
_PAD_MODES_WITHOUT_VALUE = frozenset({"edge", "reflect", "symmetric"})
_PAD_VALUE_PORT = 3

_KEEPS_CHANNELS = frozenset({"MaxPool", "Pad", "Interpolate", "SpaceToBatch", "BatchToSpace"})


def is_silent(snapshot: GraphSnapshot, node: NodeRecord) -> bool:
    """Whether quantization commutes with an operation and the device runs it on INT8 data."""
    if not node.inputs or node.inputs[0].node in snapshot.constants:
        return False
    if node.type == "Concat":
        # One input in float, and the whole Concat is.
        return not any(source.node in snapshot.constants for source in node.inputs)
    if node.type == "Pad":
        return _pads_with_zero(snapshot, node) or node.attributes.get("pad_mode") in _PAD_MODES_WITHOUT_VALUE
    if node.type == "Interpolate":
        return node.attributes.get("mode") == "nearest"
    return node.type in _ALWAYS


def keeps_channels(node: NodeRecord) -> bool:
    """Whether axis 1 of the output holds the same channels as axis 1 of the input, value by value."""
    return node.type in _KEEPS_CHANNELS


def _pads_with_zero(snapshot: GraphSnapshot, node: NodeRecord) -> bool:
    """Zero is a level of every quantizer; another value need not be, and the snapshot must know it to tell."""
    if node.attributes.get("pad_mode") != "constant":
        return False
    if len(node.inputs) <= _PAD_VALUE_PORT:
        return True
    value = snapshot[node.inputs[_PAD_VALUE_PORT].node].attributes.get("value")
    return isinstance(value, int | float) and value == 0
