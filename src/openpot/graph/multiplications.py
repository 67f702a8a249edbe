"""How many multiplications the operations of a model make in one inference."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from openpot.graph.full_names import full_name
from openpot.graph.node_index import bodies_of
from openpot.graph.operation_kinds import TYPES_WITH_BODIES
from openpot.graph.snapshot import GraphSnapshot, NodeRecord, Shape
from openpot.graph.snapshot_model import snapshot_from_model

if TYPE_CHECKING:
    from openpot.graph.types import Model, Node

NOMINAL_SIZE = 32
"""Stands for sizes that only an inference tells."""
_BRANCHES = 2
"""An If runs one of so many bodies; which one, only the data tell."""


def count_all_multiplications(model: Model) -> dict[str, float]:
    """Full names of the operations that multiply and accumulate, bodies included, in topological order.

    What is computed from constants alone, and with shapes, is not among them. The body of a loop counts as often as it
    runs, once where that depends on the data, and those of an If half each.
    """
    counts: dict[str, float] = {}
    _count(model, "", 1.0, counts)
    return counts


def _count(graph: Model, owner: str, runs: float, counts: dict[str, float]) -> None:
    snapshot = snapshot_from_model(graph, owner)
    for record in snapshot.nodes.values():
        number = count_multiplications(snapshot, record)
        if number and record.name not in snapshot.constants and record.name not in snapshot.shape_arithmetic:
            counts[record.name] = runs * number
    for node in graph.get_ordered_ops():
        if node.get_type_name() in TYPES_WITH_BODIES:
            for suffix, body in bodies_of(node).items():
                name = full_name(owner, node.get_friendly_name())
                _count(body, full_name(name, suffix) if suffix else name, runs * _runs(node), counts)


def _runs(node: Node) -> float:
    if node.get_type_name() == "If":
        return 1 / _BRANCHES
    return float(max(int(node.get_num_iterations()), 1))  # -1 where the data tell


def count_multiplications(snapshot: GraphSnapshot, record: NodeRecord) -> float:
    """How many an operation makes; 0 for one that does not multiply and accumulate."""
    count = _COUNTS.get(record.type)
    return 0.0 if count is None else count(snapshot, record)


def _input(snapshot: GraphSnapshot, record: NodeRecord, port: int) -> Shape:
    return snapshot.shape(record.inputs[port]) if port < len(record.inputs) else None


def _convolution(weights_port: int) -> Callable[[GraphSnapshot, NodeRecord], float]:
    def count(snapshot: GraphSnapshot, record: NodeRecord) -> float:
        """Each output is a sum over a filter."""
        weights = _size(_input(snapshot, record, weights_port))
        return _size(record.output_shape) * weights / max(_known((record.output_shape or (1, 1))[1]), 1)

    return count


def _count_transposed(channel_axes: int) -> Callable[[GraphSnapshot, NodeRecord], float]:
    def count(snapshot: GraphSnapshot, record: NodeRecord) -> float:
        """Each input is multiplied with a filter; its channels come first in the weights."""
        weights = _input(snapshot, record, 1) or ()
        return _size(_input(snapshot, record, 0)) * _size(weights) / max(_size(weights[:channel_axes]), 1)

    return count


def _product(snapshot: GraphSnapshot, record: NodeRecord) -> float:
    data = _input(snapshot, record, 0)
    if not data:
        return _size(record.output_shape) * NOMINAL_SIZE
    is_transposed = bool(record.attributes.get("transpose_a")) and len(data) > 1
    return _size(record.output_shape) * _known(data[-2 if is_transposed else -1])


def _recurrent(weights_port: int, has_steps: bool) -> Callable[[GraphSnapshot, NodeRecord], float]:
    def count(snapshot: GraphSnapshot, record: NodeRecord) -> float:
        """In every step both matrices of weights, those of the input and those of the state, are used once."""
        data = _input(snapshot, record, 0)
        rows = _size(data[: 1 + has_steps]) if data else NOMINAL_SIZE
        ports = (weights_port, weights_port + 1)
        return rows * sum(_size(_input(snapshot, record, port)) for port in ports)

    return count


def _einsum(snapshot: GraphSnapshot, record: NodeRecord) -> float:
    """All values of all labels; a single operand is only summed."""
    operands = str(record.attributes.get("equation", "")).replace(" ", "").split("->")[0].split(",")
    if len(operands) < 2:
        return 0.0
    sizes: dict[str, int] = {}
    for port, labels in enumerate(operands):
        shape = _input(snapshot, record, port)
        letters = labels.replace("...", "")
        if shape is None:
            sizes.update((letter, NOMINAL_SIZE) for letter in letters if letter not in sizes)
            continue
        before = labels.index("...") if "..." in labels else len(letters)
        named = [*shape[:before], *shape[len(shape) - (len(letters) - before) :]] if before < len(letters) else shape
        sizes |= {letter: _known(size) for letter, size in zip(letters, named, strict=False)}
        if "..." in labels:
            batch = shape[before : len(shape) - (len(letters) - before)]
            sizes["..."] = max(sizes.get("...", 1), int(_size(batch)))
    return float(math.prod(sizes.values()))


def _attention(snapshot: GraphSnapshot, record: NodeRecord) -> float:
    """Scores of all pairs of positions, and their sums of values."""
    query, key, value = (_input(snapshot, record, port) for port in range(3))
    if not (query and key and value):
        return float(NOMINAL_SIZE) ** 3
    return _size(query[:-1]) * _known(key[-2]) * (_known(query[-1]) + _known(value[-1]))


_COUNTS: dict[str, Callable[[GraphSnapshot, NodeRecord], float]] = {
    "Convolution": _convolution(1),
    "GroupConvolution": _convolution(1),
    "BinaryConvolution": _convolution(1),
    "DeformableConvolution": _convolution(2),
    "ConvolutionBackpropData": _count_transposed(1),
    "GroupConvolutionBackpropData": _count_transposed(2),
    "MatMul": _product,
    "Einsum": _einsum,
    "ScaledDotProductAttention": _attention,
    "LSTMSequence": _recurrent(4, has_steps=True),
    "GRUSequence": _recurrent(3, has_steps=True),
    "RNNSequence": _recurrent(3, has_steps=True),
    "LSTMCell": _recurrent(3, has_steps=False),
    "GRUCell": _recurrent(2, has_steps=False),
    "RNNCell": _recurrent(2, has_steps=False),
}


def _size(shape: Shape) -> float:
    return float(math.prod(_known(size) for size in shape)) if shape else 1.0


def _known(size: int | None) -> int:
    return NOMINAL_SIZE if size is None else size
