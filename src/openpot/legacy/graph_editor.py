"""POT's ``graph.editor``: finding, connecting and removing nodes of one graph (an ``openvino.Model`` now)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from openpot.errors import ModelError, UnknownNameError, suggest_nearest_name
from openpot.graph.edit import ModelEditor
from openpot.legacy.graph_node import GraphNode, NodeView

if TYPE_CHECKING:
    from openpot.graph.types import Model


def get_all_operation_nodes(graph: Model, recursively: bool = True) -> list[GraphNode]:
    """Every node in topological order; those inside sub-graph bodies only if ``recursively``."""
    view = NodeView(graph)
    return [view.node(name) for name in view.index if recursively or not view.index.owner_of(name)]


def get_nodes_by_type(graph: Model, types: Sequence[str], recursively: bool = True) -> list[GraphNode]:
    """Nodes whose type is one of ``types``, in POT's spelling or in OpenVINO's, grouped in the order of ``types``."""
    nodes = get_all_operation_nodes(graph, recursively)
    return [node for wanted in types for node in nodes if wanted in (node.type, node.operation.get_type_name())]


def get_node_by_name(graph: Model, name: str, recursively: bool = True) -> GraphNode | None:
    """The node with the full name ``name``, or None; bodies are searched only if ``recursively``."""
    node = NodeView(graph).find(name)
    return node if node is not None and (recursively or not node.owner) else None


def find_node(graph: Model, name: str) -> GraphNode | None:
    """The node called ``name`` outside of sub-graph bodies, or None."""
    return get_node_by_name(graph, name, recursively=False)


def connect_nodes(src_node: GraphNode, src_port: int, dst_node: GraphNode, dst_port: int) -> None:
    """Let input ``dst_port`` of ``dst_node`` read output ``src_port`` of ``src_node``."""
    src_node.out_port(src_port).connect(dst_node.in_port(dst_port))


def connect_nodes_by_name(graph: Model, src_node_name: str, src_port: int, dst_node_name: str, dst_port: int) -> None:
    """``connect_nodes`` for nodes given by name.

    Raises:
        UnknownNameError: there is no such node outside of sub-graph bodies.
    """
    connect_nodes(_existing(graph, src_node_name), src_port, _existing(graph, dst_node_name), dst_port)


def remove_node_by_name(graph: Model, node_name: str) -> None:
    """Take a node out of the graph: what read its output now reads what it read at input 0.

    Raises:
        UnknownNameError: there is no such node.
        ModelError: the node has no input or several outputs, so that nothing could take its place.
    """
    operation = _existing(graph, node_name, recursively=True).operation
    if operation.get_input_size() == 0 or operation.get_output_size() != 1:
        raise ModelError(
            f"{node_name!r} has {operation.get_input_size()} input(s) and {operation.get_output_size()} output(s): "
            "only a node with an input and a single output can be taken out, its readers then read that input"
        )
    with ModelEditor(graph) as editor:
        editor.bypass(node_name)


def _existing(graph: Model, name: str, recursively: bool = False) -> GraphNode:
    node = get_node_by_name(graph, name, recursively)
    if node is None:
        names = [known.fullname for known in get_all_operation_nodes(graph)]
        raise UnknownNameError(f"the graph has no node {name!r}: {suggest_nearest_name(name, names)}")
    return node
