"""POT's ``graph.special_operations``: lists of operation types, each type as ``{'type': name}``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openpot.legacy.graph_node import GraphNode


def _entries(names: Iterable[str]) -> list[dict[str, str]]:
    return [{"type": name} for name in names]


QUANTIZE_AGNOSTIC_OPERATIONS = _entries(
    [
        "MaxPool",
        "ReduceMax",
        "Reshape",
        "Concat",
        "Flatten",
        "Squeeze",
        "Unsqueeze",
        "Split",
        "VariadicSplit",
        "Crop",
        "Transpose",
        "Tile",
        "StridedSlice",
        "ShuffleChannels",
        "Broadcast",
        "Pad",
        "Minimum",
        "Maximum",
        "ConvertLike",
        "Gather",
        "DepthToSpace",
    ]
)
"""Operations that only move or select values, so that quantization may come before or after them."""

OPERATIONS_WITH_BIAS = _entries(["Convolution", "MatMul"])
"""Operations whose bias can be corrected."""

OPERATIONS_CHANNEL_AXIS = {"Convolution": 1, "MatMul": -1}
"""The axis of the output that holds the channels of such an operation."""

OPERATIONS_WITH_WEIGHTS = _entries(
    ["Convolution", "ConvolutionBackpropData", "GroupConvolution", "GroupConvolutionBackpropData", "MatMul"]
)
"""Operations that may have weights at input 1."""

TRANSPOSED_OPERATIONS = _entries(["ConvolutionBackpropData"])
"""Operations whose weights have the output channels on axis 1."""

CONCAT_UNIFY_OUTPUTS = _entries(["ConvolutionBackpropData", "Convolution", "MatMul"])
"""Operations after a Concat that make its inputs share their limits."""

CONCAT_UNIFY_INPUTS = _entries(["FakeQuantize", "Concat"])
"""Operations before a Concat whose limits it unifies."""

SPLIT_OPERATIONS = _entries(["VariadicSplit", "Split"])
"""Operations that cut a tensor into several outputs."""

DETECTION_OUTPUT_FINAL_TYPES = _entries(["NonMaxSuppression", "TopK"])
"""Operations that end a detector: what computes their inputs without weights stays float."""

TYPES_TO_QUANTIZABLE_PORTS = {"LSTMSequence": [0, 1, 4, 5], "GRUSequence": [0, 1, 3, 4]}
"""Inputs of sequence operations that may be quantized."""

ELTWISE_TYPES = [
    "Add",
    "Multiply",
    "Subtract",
    "Divide",
    "Less",
    "LessEqual",
    "Greater",
    "GreaterEqual",
    "Equal",
    "NotEqual",
    "FloorMod",
    "LogicalOr",
    "LogicalXor",
    "LogicalAnd",
    "Maximum",
    "Minimum",
]
"""Operations that combine two tensors value by value."""


def is_eltwise(node: GraphNode) -> bool:
    """Whether a node combines two tensors value by value."""
    return node.type in ELTWISE_TYPES
