"""Which operations that multiply and accumulate are worth quantizing, and why the others are not.

An operation is quantized only if the device then runs it in INT8: everything else costs accuracy for nothing.
"""

from __future__ import annotations

import math

from openpot.config.target_devices import TargetDevice
from openpot.graph.operation_kinds import FLOAT_TYPES, MAC_OPERATIONS
from openpot.graph.snapshot import GraphSnapshot, NodeRecord
from openpot.placement.known_values import find_shape_operations
from openpot.placement.table_entry import PRODUCT_OF_CONSTANT

_LOW_PRECISION = frozenset(
    {"i8", "u8", "i4", "u4", "i2", "u2", "u1", "u3", "u6", "nf4", "f4e2m1", "f8e4m3", "f8e5m2", "f8e8m0"}
)

VECTOR_PRODUCT = "it multiplies a vector: that is no faster in INT8, and the CPU gives the product a further axis"


def explain_float(snapshot: GraphSnapshot, node: NodeRecord, device: TargetDevice) -> str | None:
    """Why an operation that multiplies and accumulates stays in float, or None if it is worth quantizing.

    Args:
        snapshot: The graph.
        node: One of its operations, of a type of ``MAC_OPERATIONS``.
        device: What it is to run on.
    """
    if node.type not in MAC_OPERATIONS:
        raise ValueError(f"{node.type} does not multiply and accumulate")
    element_type = snapshot.element_type(node.inputs[0])
    if element_type not in FLOAT_TYPES:
        return f"its data are of type {element_type}"
    if node.name in find_shape_operations(snapshot):
        return "it computes with shapes"
    for port in (0, 1):
        if node.inputs[port].node in find_shape_operations(snapshot):
            return "one of its inputs is computed from shapes"
    if node.type == "MatMul":
        return _explain_float_matmul(snapshot, node, device)
    return _explain_float_convolution(snapshot, node, device)


def _explain_float_convolution(snapshot: GraphSnapshot, node: NodeRecord, device: TargetDevice) -> str | None:
    if node.inputs[1].node not in snapshot.constants:
        return "its weights are not constant, and no device runs that in INT8"
    return device.float_operations.get(node.type) or _explain_float_weights(snapshot, node, 1)


def _explain_float_matmul(snapshot: GraphSnapshot, node: NodeRecord, device: TargetDevice) -> str | None:
    if multiplies_vector(snapshot, node):
        return VECTOR_PRODUCT
    constant = [port for port in (0, 1) if node.inputs[port].node in snapshot.constants]
    if not constant:
        return None
    in_float = device.float_operations.get(PRODUCT_OF_CONSTANT) if constant == [0] else None
    return in_float or _explain_float_weights(snapshot, node, constant[0])


def multiplies_vector(snapshot: GraphSnapshot, node: NodeRecord) -> bool:
    """Whether data of a product have one axis only."""
    shapes = (snapshot.shape(source) for source in node.inputs[:2] if source.node not in snapshot.constants)
    return any(shape is not None and len(shape) < 2 for shape in shapes)


def _explain_float_weights(snapshot: GraphSnapshot, node: NodeRecord, port: int) -> str | None:
    stored = find_stored_type(snapshot, node.inputs[port].node)
    if stored in _LOW_PRECISION:
        return f"its weights are stored as {stored} already"
    shape = snapshot.shape(node.inputs[port])
    if shape is None:
        return "the shape of its weights is not known"
    if math.prod(size or 1 for size in shape) == 1:
        return "its weights are a single number"
    if len(shape) < 2:
        return "its weights are a vector, which is no faster in INT8"
    return None


def find_stored_type(snapshot: GraphSnapshot, name: str) -> str | None:
    """The low-precision type of one of the constants that a value is computed from, or None."""
    pending, seen = [name], {name}
    while pending:
        node = snapshot[pending.pop()]
        if node.type == "Constant" and node.output_type in _LOW_PRECISION:
            return node.output_type
        fresh = [source.node for source in node.inputs if source.node not in seen]
        seen.update(fresh)
        pending.extend(fresh)
    return None
