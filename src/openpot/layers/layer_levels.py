"""How deep layers lie below each other: those of one level do not influence one another."""

from __future__ import annotations

from collections.abc import Iterable

from openpot.graph.snapshot import GraphSnapshot


def find_layer_levels(snapshot: GraphSnapshot, names: Iterable[str]) -> dict[str, int]:
    """For each named operation the largest number of named operations on a way to it, itself included (from 1).

    Args:
        snapshot: the graph, in topological order.
        names: the operations that count.
    """
    counted = set(names)
    depth: dict[str, int] = {}
    for node in snapshot.nodes.values():
        above = max((depth.get(source.node, 0) for source in node.inputs), default=0)
        depth[node.name] = above + (node.name in counted)
    return {name: depth[name] for name in counted}
