"""The one table of operation types: what multiplies and accumulates, what only moves values, which types are floats.

Sets that differ although they look alike differ on purpose: the text below each one says for whom it holds. Facts about
devices (what runs in INT8) were read from the executed graph of the CPU plugin of OpenVINO 2026.
"""

from __future__ import annotations

from openpot.graph.snapshot import GraphSnapshot, NodeRecord

FLOAT_TYPES = frozenset({"f16", "bf16", "f32", "f64"})
"""Element types of data that can be quantized."""

CONVOLUTIONS = frozenset({"Convolution", "GroupConvolution"})
TRANSPOSED_CONVOLUTIONS = frozenset({"ConvolutionBackpropData", "GroupConvolutionBackpropData"})
ALL_CONVOLUTIONS = CONVOLUTIONS | TRANSPOSED_CONVOLUTIONS
GROUPED_CONVOLUTIONS = frozenset({"GroupConvolution", "GroupConvolutionBackpropData"})

MAC_OPERATIONS = ALL_CONVOLUTIONS | {"MatMul"}
"""Operations that multiply and accumulate, with weights at input 1 (MatMul: at either input): what INT8 speeds up."""
OPERATIONS_WITH_BIAS = CONVOLUTIONS | {"MatMul"}
"""Those whose Add of a constant POT treats as a part of them: its rules leave out transposed convolutions."""

SEQUENCES = frozenset({"LSTMSequence", "GRUSequence", "RNNSequence"})
CELLS = frozenset({"LSTMCell", "GRUCell", "RNNCell"})
RECURRENT = SEQUENCES | CELLS

LOOPS = frozenset({"Loop", "TensorIterator"})
TYPES_WITH_BODIES = LOOPS | {"If"}
"""Operations that hold graphs of their own."""

REORDERINGS = frozenset({"Reshape", "Squeeze", "Unsqueeze", "Transpose"})
"""Every value comes out exactly once."""

_MOVING = REORDERINGS | {
    "MaxPool", "ReduceMax", "Flatten", "Split", "VariadicSplit", "StridedSlice", "Crop", "ShuffleChannels",
    "DepthToSpace", "Gather", "Broadcast",
}  # fmt: skip

POT_AGNOSTIC = _MOVING | {"Concat", "Tile", "Pad", "Minimum", "Maximum", "ConvertLike"}
"""Operations that only move or select values in POT's view: quantizing before or after them is the same.

It decides where POT's placement stands, what its ignored scope takes along, and what a quantized value may pass on its
way to an operation."""
INT8_MOVING = _MOVING | {"Slice", "SpaceToBatch", "BatchToSpace"}
"""Operations that the CPU runs on INT8 data as they are. Not among them although POT has them: Tile computes in float
whatever surrounds it; Concat, Pad and Interpolate do so in some forms only (``graph/moved_values.py``)."""
TAKING_LARGEST = frozenset({"MaxPool", "ReduceMax"})
"""Of several values the largest comes out: fillers below the data do not."""
CHANNEL_KEEPING = frozenset({"MaxPool", "Pad", "Interpolate", "SpaceToBatch", "BatchToSpace"})
"""Axis 1 of the output holds the same channels as axis 1 of the input."""

POT_TO_FIRST_INPUT = (POT_AGNOSTIC - {"Concat", "Pad", "ConvertLike"}) | {
    "Interpolate", "ReduceMean", "AvgPool", "Result",
}  # fmt: skip
"""Where POT's placement moves a quantizer from the output to the first input; averages are among them in POT."""
POT_TO_VARIABLE_INPUTS = frozenset({"Pad", "ConvertLike"})
POT_TO_ALL_INPUTS = frozenset({"Concat"})


def is_depthwise(snapshot: GraphSnapshot, node: NodeRecord) -> bool:
    """Whether every input channel of a grouped convolution has one filter of its own and gives one output channel."""
    if node.type != "GroupConvolution":
        return False
    shape = snapshot.shape(node.inputs[1])
    return shape is not None and len(shape) > 2 and shape[1] == 1 and shape[2] == 1


def is_product_of_activations(snapshot: GraphSnapshot, node: NodeRecord) -> bool:
    """Whether an operation is a MatMul of two tensors that both depend on the data."""
    return node.type == "MatMul" and not any(source.node in snapshot.constants for source in node.inputs[:2])
