"""Which products share their data, so that the channels of these can be smoothed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from openpot.graph.snapshot import GraphSnapshot, NodeRecord
from openpot.graph.tensor_id import InputId, TensorId

_MATRIX_AXES = 2
_SEQUENCE_AXES = 3
"""Batch, rows and channels: outlier channels are a matter of transformers, and a single row costs hardly anything."""


@dataclass(frozen=True)
class SmoothingGroup:
    """Products with constant weights that read one tensor.

    Attributes:
        data: the tensor; its last axis has the channels.
        products: names of the products.
        transposed: for each product whether its weights are ``(outputs, channels)``.
    """

    data: TensorId
    products: tuple[str, ...]
    transposed: tuple[bool, ...]

    @property
    def weights(self) -> tuple[InputId, ...]:
        """Where the products read their weights."""
        return tuple(InputId(name, 1) for name in self.products)


def find_smoothing_groups(snapshot: GraphSnapshot, products: Collection[str]) -> tuple[SmoothingGroup, ...]:
    """The groups among these products, in topological order.

    Args:
        snapshot: the float graph.
        products: names of those whose data and weights are both quantized.
    """
    groups: dict[TensorId, list[NodeRecord]] = {}
    for node in snapshot.nodes_of_type("MatMul"):
        if node.name in products and _can_be_smoothed(snapshot, node):
            groups.setdefault(node.inputs[0], []).append(node)
    return tuple(
        SmoothingGroup(
            tensor,
            tuple(node.name for node in nodes),
            tuple(bool(node.attributes.get("transpose_b")) for node in nodes),
        )
        for tensor, nodes in groups.items()
    )


def _can_be_smoothed(snapshot: GraphSnapshot, node: NodeRecord) -> bool:
    """Whether the data have rows of known channels, and the weights are a matrix that nothing else reads."""
    data, weights = (snapshot.shape(tensor) for tensor in node.inputs[:2])
    if (
        data is None
        or len(data) < _SEQUENCE_AXES
        or data[-1] is None
        or weights is None
        or len(weights) != _MATRIX_AXES
    ):
        return False
    is_constant = node.inputs[1].node in snapshot.constants and node.inputs[0].node not in snapshot.constants
    return is_constant and not node.attributes.get("transpose_a") and _is_read_once(snapshot, node.inputs[1])


def _is_read_once(snapshot: GraphSnapshot, tensor: TensorId) -> bool:
    """Whether a constant, and what it is converted from, has one reader: shared tables would be stored twice."""
    while True:
        if len(snapshot.readers(tensor.node)) != 1:
            return False
        node = snapshot[tensor.node]
        if node.type != "Convert":
            return True
        tensor = node.inputs[0]
