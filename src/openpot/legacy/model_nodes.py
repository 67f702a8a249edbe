"""POT's ``graph.model_utils``: finding nodes in all members of a CompressedModel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from openpot.errors import ModelError
from openpot.graph.edit import add_outputs as add_model_outputs
from openpot.graph.node_index import NodeIndex
from openpot.graph.tensor_id import TensorId
from openpot.legacy import graph_editor
from openpot.legacy.graph_node import GraphNode
from openpot.legacy.output_keys import convert_output_key, convert_to_outputs_name

if TYPE_CHECKING:
    from openpot.graph.model import CompressedModel
    from openpot.graph.types import Output

OutputName = str | tuple[str, int]


def get_nodes_by_type(model: CompressedModel, types: Sequence[str], recursively: bool = True) -> list[GraphNode]:
    """Nodes of every member whose type is one of ``types``; those inside sub-graph bodies only if ``recursively``."""
    return [
        node for member in model.members for node in graph_editor.get_nodes_by_type(member.model, types, recursively)
    ]


def get_all_operation_nodes(model: CompressedModel, recursively: bool = True) -> list[GraphNode]:
    """Every node of every member; those inside sub-graph bodies only if ``recursively``."""
    return [
        node for member in model.members for node in graph_editor.get_all_operation_nodes(member.model, recursively)
    ]


def get_node_by_name(model: CompressedModel, name: str) -> GraphNode | None:
    """The node with the full name ``name``, or None.

    Raises:
        ModelError: several members of a cascade have a node of that name.
    """
    nodes = [graph_editor.get_node_by_name(member.model, name) for member in model.members]
    nodes = [node for node in nodes if node is not None]
    if len(nodes) > 1:
        raise ModelError(f"{len(nodes)} members of the cascade have a node {name!r}: names must differ between members")
    return nodes[0] if nodes else None


def add_outputs(
    models: Sequence[Mapping[str, Any]], node_names: Mapping[str, Mapping[Any, OutputName]]
) -> dict[str, list[Output]]:
    """Make outputs of nodes inside the models of an engine outputs of these models.

    Args:
        models: ``{'model': openvino.Model}``, with ``'name'`` for members of a cascade.
        node_names: for each model, by its friendly name, what to add, by any key: a node name or ``(name, number)``. Of
            several models, each takes the names that begin with its own.

    Returns:
        The new outputs by the friendly name of the model.
    """
    added = {}
    for entry in models:
        model = entry["model"]
        names = list(node_names[model.get_friendly_name()].values())
        if len(models) > 1:
            names = [name for name in names if str(convert_output_key(name)).startswith(entry["name"])]
        index = NodeIndex(model)
        outputs = [index.output(TensorId(*convert_to_outputs_name(name))) for name in names]
        added[model.get_friendly_name()] = add_model_outputs(model, outputs)
    return added
