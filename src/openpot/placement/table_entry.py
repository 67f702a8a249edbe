"""Families of operations that placement speaks about, in OpenVINO's type names."""

from __future__ import annotations

from openpot.config.hardware import HardwareOperation, HardwareTable
from openpot.graph.snapshot import GraphSnapshot, NodeRecord

CONVOLUTIONS = frozenset({"Convolution", "GroupConvolution"})
TRANSPOSED_CONVOLUTIONS = frozenset({"ConvolutionBackpropData", "GroupConvolutionBackpropData"})
MAC_OPERATIONS = CONVOLUTIONS | TRANSPOSED_CONVOLUTIONS | {"MatMul"}
"""Operations that multiply and accumulate: what INT8 arithmetic makes faster."""

ELEMENTWISE = frozenset(
    {
        "Add", "Multiply", "Subtract", "Divide", "Less", "LessEqual", "Greater", "GreaterEqual", "Equal", "NotEqual",
        "FloorMod", "LogicalOr", "LogicalXor", "LogicalAnd", "Maximum", "Minimum",
    }
)  # fmt: skip
SPLITS = frozenset({"Split", "VariadicSplit"})
DETECTION_ENDS = frozenset({"NonMaxSuppression", "TopK"})
SEQUENCES = frozenset({"LSTMSequence", "GRUSequence", "RNNSequence", "LSTMCell", "GRUCell", "RNNCell"})
BODY_OWNERS = frozenset({"If", "Loop", "TensorIterator"})
FLOATS = frozenset({"f16", "bf16", "f32", "f64"})

DEPTHWISE = "DepthWiseConvolution"
"""What hardware tables call a grouped convolution with one input and one output channel per group."""
PRODUCT_OF_ACTIVATIONS = "MatMulOfActivations"
"""What openpot's own tables call a MatMul of two tensors that both depend on the data."""

_OTHER_NAMES = {"const": "constant"}


def same_type(left: str, right: str) -> bool:
    """Whether two type names mean one operation: ``ReLU`` and ``Relu``, ``SoftMax`` and ``Softmax``."""
    return _plain(left) == _plain(right)


def _plain(name: str) -> str:
    lowered = name.lower()
    return _OTHER_NAMES.get(lowered, lowered)


def is_depthwise(snapshot: GraphSnapshot, record: NodeRecord) -> bool:
    """Whether every input channel of a grouped convolution has one filter of its own and gives one output channel."""
    if record.type != "GroupConvolution":
        return False
    shape = tensor_shape(snapshot, record, 1)
    return shape is not None and len(shape) > 2 and shape[1] == 1 and shape[2] == 1


def is_product_of_activations(snapshot: GraphSnapshot, record: NodeRecord) -> bool:
    """Whether an operation is a MatMul of two tensors that both depend on the data."""
    return record.type == "MatMul" and not any(source.node in snapshot.constants for source in record.inputs[:2])


def tensor_shape(snapshot: GraphSnapshot, record: NodeRecord, port: int) -> tuple[int | None, ...] | None:
    """Shape of what an operation reads at ``port``."""
    source = record.inputs[port]
    return snapshot[source.node].output_shapes[source.port]


def tensor_type(snapshot: GraphSnapshot, record: NodeRecord, port: int) -> str:
    """Element type of what an operation reads at ``port``."""
    source = record.inputs[port]
    return snapshot[source.node].output_types[source.port]


def table_entry(table: HardwareTable, snapshot: GraphSnapshot, record: NodeRecord) -> HardwareOperation | None:
    """The entry of a table for an operation that takes quantizers of its own, or None.

    Tables know grouped convolutions as convolutions, and may have entries of their own for depthwise ones and for
    products of activations.
    """
    if is_product_of_activations(snapshot, record) and table.quantizable(PRODUCT_OF_ACTIVATIONS):
        return table.quantizable(PRODUCT_OF_ACTIVATIONS)
    if is_depthwise(snapshot, record) and table.quantizable(DEPTHWISE):
        return table.quantizable(DEPTHWISE)
    return table.quantizable("Convolution" if record.type in CONVOLUTIONS else record.type)
