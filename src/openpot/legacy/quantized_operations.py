"""How many operations of a model read quantized values, as POT counted them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openpot.legacy.model_nodes import get_nodes_by_type
from openpot.legacy.node_access import get_all_node_outputs
from openpot.legacy.operation_lists import QUANTIZE_AGNOSTIC_OPERATIONS

if TYPE_CHECKING:
    from openpot.graph.model import CompressedModel
    from openpot.legacy.graph_node import GraphNode

_PASSED = frozenset(entry["type"] for entry in QUANTIZE_AGNOSTIC_OPERATIONS) | {"FakeQuantize", "Result"}


def count_quantized_operations(model: CompressedModel) -> int:
    """The operations that read a FakeQuantize, directly or through operations that only move values."""
    pending = get_nodes_by_type(model, ["FakeQuantize"])
    seen: set[GraphNode] = set()
    operations: set[GraphNode] = set()
    while pending:
        node = pending.pop()
        if node in seen:
            continue
        seen.add(node)
        for reader in get_all_node_outputs(node):
            if reader.type in _PASSED:
                pending.append(reader)
            else:
                operations.add(reader)
    return len(operations)
