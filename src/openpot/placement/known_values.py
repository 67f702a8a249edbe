"""Values that do not depend on the data: computed from constants, or from the shapes of tensors alone."""

from __future__ import annotations

from functools import lru_cache

from openpot.graph.operation_kinds import FLOAT_TYPES
from openpot.graph.snapshot import GraphSnapshot, NodeRecord

_TABLE_LOOKUPS = frozenset({"Gather", "GatherND", "GatherElements", "EmbeddingBagOffsetsSum", "EmbeddingBagPackedSum"})
_TABLE_PARTS = frozenset({"Slice", "StridedSlice", "Tile", "Broadcast", "Reshape"})


@lru_cache(maxsize=16)
def find_shape_operations(snapshot: GraphSnapshot) -> frozenset[str]:
    """ShapeOf, and whatever is computed from it and constants alone.

    What is taken from a table of floats does not count: positions, lengths and repeats that come from a shape select
    values that are data.
    """
    operations: set[str] = set()
    for node in snapshot.nodes.values():
        varying = [source.node for source in node.inputs if source.node not in snapshot.constants]
        from_shapes = node.type == "ShapeOf" or (bool(varying) and operations.issuperset(varying))
        if from_shapes and not _takes_from_table(snapshot, node):
            operations.add(node.name)
    return frozenset(operations - snapshot.constants)


def has_known_input(snapshot: GraphSnapshot, node: NodeRecord) -> bool:
    """Whether an operation reads a constant or something computed from shapes."""
    return any(is_known(snapshot, source.node) for source in node.inputs)


def is_known(snapshot: GraphSnapshot, name: str) -> bool:
    """Whether a value does not depend on the data."""
    return name in snapshot.constants or name in find_shape_operations(snapshot)


def _takes_from_table(snapshot: GraphSnapshot, node: NodeRecord) -> bool:
    if node.output_type not in FLOAT_TYPES or not node.inputs or node.inputs[0].node not in snapshot.constants:
        return False
    return node.type in _TABLE_LOOKUPS or (node.type in _TABLE_PARTS and _is_table(snapshot, node))


def _is_table(snapshot: GraphSnapshot, node: NodeRecord) -> bool:
    """Whether the first input has rows and columns: single numbers and vectors fill, scale and mask."""
    sizes = [size for size in snapshot.shape(node.inputs[0]) or () if size != 1]
    return len(sizes) >= 2
