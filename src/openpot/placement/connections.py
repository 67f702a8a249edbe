"""Operations between INT8 convolutions that the device runs on 8-bit data if their inputs are quantized.

openpot's placement quantizes what multiplies. The additions of residual blocks and the poolings between read float data
then, and every convolution before them writes four times the bytes. Their quantizers cost accuracy, so a plan does not
have them; they are proposed here and tried on the finished model (:mod:`openpot.search.connections`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from openpot.graph.operation_kinds import FLOAT_TYPES
from openpot.graph.snapshot import GraphSnapshot, NodeRecord
from openpot.graph.tensor_id import InputId, TensorId

_POOLING = frozenset({"AvgPool", "ReduceMean"})
_FUSED = frozenset({"Add", "Multiply", "Relu", "PRelu", "Clamp", "Swish", "HSwish", "Sigmoid", "Gelu", "Elu", "Mish"})
"""What devices compute within the convolution before it, if the other operand is a constant."""
IMAGE_AXES = 4
"""Batch, channels and two axes of positions: there data are large beside weights."""


@dataclass(frozen=True)
class Connection:
    """Inputs of one operation between INT8 operations, each with the tensor that it reads."""

    operation: str
    inputs: tuple[tuple[InputId, TensorId], ...]


def find_connections(snapshot: GraphSnapshot, convolutions: Collection[str]) -> tuple[Connection, ...]:
    """What could run on 8-bit data, in topological order.

    Args:
        snapshot: the float graph.
        convolutions: names of the operations that compute in INT8.
    """
    known: set[str] = set()
    connections = []
    for node in snapshot.nodes.values():
        ports = _find_ports(snapshot, node)
        sources = [_find_maker(snapshot, node.inputs[port]) for port in ports]
        if sources and all(source in known or source in convolutions for source in sources):
            known.add(node.name)
            connections.append(
                Connection(node.name, tuple((InputId(node.name, port), node.inputs[port]) for port in ports))
            )
    return tuple(connections)


def _find_ports(snapshot: GraphSnapshot, node: NodeRecord) -> tuple[int, ...]:
    """The inputs of an addition of two images or of a pooling; none of other operations."""
    ports = (0, 1) if node.type == "Add" else (0,) if node.type in _POOLING else ()
    shapes = [snapshot.shape(node.inputs[port]) for port in ports]
    is_image = all(shape is not None and len(shape) >= IMAGE_AXES for shape in shapes)
    is_float = all(snapshot.element_type(node.inputs[port]) in FLOAT_TYPES for port in ports)
    varies = not any(node.inputs[port].node in snapshot.constants for port in ports)
    return ports if is_image and is_float and varies and len(set(shapes)) == 1 else ()


def _find_maker(snapshot: GraphSnapshot, tensor: TensorId) -> str:
    """The operation that a tensor comes from, through what is fused into it."""
    node = snapshot[tensor.node]
    while node.type in _FUSED and _has_one_varying_input(snapshot, node):
        node = snapshot[next(source.node for source in node.inputs if source.node not in snapshot.constants)]
    return node.name


def _has_one_varying_input(snapshot: GraphSnapshot, node: NodeRecord) -> bool:
    return sum(source.node not in snapshot.constants for source in node.inputs) == 1
