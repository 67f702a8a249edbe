"""The entry of a hardware table for an operation, in the names that tables give to operations."""

from __future__ import annotations

from openpot.config.hardware import HardwareOperation, HardwareTable
from openpot.graph.operation_kinds import CONVOLUTIONS, is_depthwise, is_product_of_activations
from openpot.graph.snapshot import GraphSnapshot, NodeRecord

DEPTHWISE = "DepthWiseConvolution"
"""What hardware tables call a grouped convolution with one input and one output channel per group."""
PRODUCT_OF_ACTIVATIONS = "MatMulOfActivations"
"""What openpot's own tables call a MatMul of two tensors that both depend on the data."""
PRODUCT_OF_CONSTANT = "MatMulOfConstantFirst"
"""What the facts about devices call a MatMul whose first factor is constant."""

_OTHER_NAMES = {"const": "constant"}


def same_type(left: str, right: str) -> bool:
    """Whether two type names mean one operation: ``ReLU`` and ``Relu``, ``SoftMax`` and ``Softmax``."""
    return _plain(left) == _plain(right)


def _plain(name: str) -> str:
    lowered = name.lower()
    return _OTHER_NAMES.get(lowered, lowered)


def find_table_entry(table: HardwareTable, snapshot: GraphSnapshot, record: NodeRecord) -> HardwareOperation | None:
    """The entry of a table for an operation, or None if the table does not quantize it.

    Tables know grouped convolutions as convolutions, and may have entries of their own for depthwise ones and for
    products of activations.
    """
    if is_product_of_activations(snapshot, record) and table.find_quantizable(PRODUCT_OF_ACTIVATIONS):
        return table.find_quantizable(PRODUCT_OF_ACTIVATIONS)
    if is_depthwise(snapshot, record) and table.find_quantizable(DEPTHWISE):
        return table.find_quantizable(DEPTHWISE)
    return table.find_quantizable("Convolution" if record.type in CONVOLUTIONS else record.type)
