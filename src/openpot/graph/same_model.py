"""Whether two models are the same: structure, names, types and every bit of their constants."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from openpot.graph.node_index import bodies
from openpot.graph.snapshot_model import snapshot_from_model

if TYPE_CHECKING:
    from openpot.graph.types import Model, Node

_CHUNK = 1 << 24


def first_difference(left: Model, right: Model) -> str | None:
    """Where two models differ, in words; None if they are the same.

    Compared are the nodes by name (type, inputs, shapes, element types), bodies included, the bytes of all constants,
    and the tensor names of inputs and outputs.
    """
    left_graphs, right_graphs = {"": left, **bodies(left)}, {"": right, **bodies(right)}
    if left_graphs.keys() != right_graphs.keys():
        return f"other bodies: {sorted(left_graphs.keys() ^ right_graphs.keys())}"
    for owner, graph in left_graphs.items():
        found = _graph_difference(graph, right_graphs[owner], owner)
        if found:
            return found
    for kind in ("inputs", "outputs"):
        names = [[port.get_names() for port in getattr(model, kind)] for model in (left, right)]
        if names[0] != names[1]:
            return f"the tensor names of the {kind}"
    return None


def _graph_difference(left: Model, right: Model, owner: str) -> str | None:
    left_nodes, right_nodes = (snapshot_from_model(graph, owner).nodes for graph in (left, right))
    for name in left_nodes.keys() ^ right_nodes.keys():
        return f"node {name!r} is in one of them only"
    for name, node in left_nodes.items():
        other = right_nodes[name]
        for what in ("type", "inputs", "output_types", "output_shapes"):
            if getattr(node, what) != getattr(other, what):
                return f"the {what.replace('_', ' ')} of {name!r}"
    constants = _constants(right)
    for name, constant in _constants(left).items():
        if not _same_bytes(constant, constants[name]):
            return f"the value of the constant {name!r}"
    return None


def _constants(graph: Model) -> dict[str, Node]:
    return {node.get_friendly_name(): node for node in graph.get_ops() if node.get_type_name() == "Constant"}


def _same_bytes(left: Node, right: Node) -> bool:
    """Compare in pieces: a whole comparison would need as much memory again."""
    if left.get_element_type().to_string() == "string":
        return bool(left.get_value_strings() == right.get_value_strings())
    left_bytes, right_bytes = (_raw_bytes(node) for node in (left, right))
    if left_bytes.size != right_bytes.size:
        return False
    starts = range(0, left_bytes.size, _CHUNK)
    return all(np.array_equal(left_bytes[i : i + _CHUNK], right_bytes[i : i + _CHUNK]) for i in starts)


def _raw_bytes(node: Node) -> np.ndarray:
    data = np.atleast_1d(node.data)
    return np.ascontiguousarray(data).reshape(-1).view(np.uint8)
