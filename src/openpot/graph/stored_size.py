"""How many bytes a model takes on disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openpot.graph.node_index import bodies

if TYPE_CHECKING:
    from openpot.graph.types import Model


def stored_size(model: Model) -> int:
    """Bytes of all constants of a model, those of its sub-graph bodies included: nearly the size of its ``.bin``."""
    graphs = (model, *bodies(model).values())
    constants = (node for graph in graphs for node in graph.get_ordered_ops() if node.get_type_name() == "Constant")
    return sum(int(node.get_byte_size()) for node in constants)
