"""The methods of Model Optimizer's graphs on an ``openvino.Model``."""

from __future__ import annotations

import types
from collections.abc import Hashable
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from openpot.errors import UnknownNameError, suggest_nearest_name
from openpot.legacy.graph_editor import get_all_operation_nodes, remove_node_by_name
from openpot.legacy.graph_node import GraphNode
from openpot.legacy.graph_ports import DataNode
from openpot.legacy.members import RefusesMembers

if TYPE_CHECKING:
    from openpot.graph.types import Model


class GraphMethods(RefusesMembers):
    """Mixed into ``openvino.Model``, one of a ``CompressedModel``; nodes of sub-graph bodies belong to the bodies."""

    historic_class = "Graph"

    @property
    def name(self) -> str:
        """The name of the network."""
        return str(cast("Model", self).get_friendly_name())

    @property
    def node(self) -> dict[str, GraphNode]:
        """The nodes by id; each gives its attributes by key."""
        return {node.id: node for node in self.get_op_nodes()}

    def nodes(self, data: bool = False) -> list[Any]:
        """The ids of all operations in topological order; with ``data`` pairs of them and their attributes."""
        operations = self.get_op_nodes()
        return [(node.id, node.attrs()) for node in operations] if data else [node.id for node in operations]

    def get_op_nodes(self, **attrs: Any) -> list[GraphNode]:
        """The operations with these attributes, ``type`` or ``name`` or one of their own, in topological order."""
        nodes = get_all_operation_nodes(cast("Model", self), recursively=False)
        return [node for node in nodes if all(node.get(key) == value for key, value in attrs.items())]

    def get_data_nodes(self, has_value: bool | None = None) -> list[DataNode]:
        """The tensors; only those whose value depends on data or not, if ``has_value`` says which."""
        tensors = [DataNode(port) for node in self.get_op_nodes() for port in node.out_ports().values()]
        return [tensor for tensor in tensors if has_value is None or (tensor.value is not None) is has_value]

    def get_nodes_with_attributes(self, **attrs: Any) -> list[str]:
        """The ids of the operations with these attributes."""
        return [node.id for node in self.get_op_nodes(**attrs)]

    def get_node_id_by_name(self, name: str) -> str:
        """The id of the operation of this name.

        Raises:
            UnknownNameError: there is none.
        """
        names = self.nodes()
        if name not in names:
            raise UnknownNameError(f"the graph has no node {name!r}: {suggest_nearest_name(name, names)}")
        return name

    def topological_sort(self, reverse: bool = False) -> list[GraphNode]:
        """The operations, each after what it reads; the other way round with ``reverse``."""
        operations = self.get_op_nodes()
        return operations[::-1] if reverse else operations

    def pseudo_topological_sort(self, reverse: bool = False) -> list[GraphNode]:
        """The same as ``topological_sort``."""
        return self.topological_sort(reverse)

    def get_tensor_names_set(self) -> set[str]:
        """The names of all tensors."""
        ports = [port for node in self.get_op_nodes() for port in node.out_ports().values()]
        return {name for port in ports for name in port.get_tensor_names()}

    def has_tensor_name(self, tensor_name: str) -> bool:
        """Whether a tensor has this name."""
        return tensor_name in self.get_tensor_names_set()

    def erase_node(self, node: GraphNode) -> None:
        """Take a node out: what read its output now reads what it read at input 0."""
        remove_node_by_name(cast("Model", self), node.fullname)

    def clean_up(self, undead_node_types: object = None) -> None:
        """Nothing is to be done: OpenVINO's models hold no dead nodes."""


def make_graph(model: Model) -> Model:
    """Give a model that belongs to the caller these methods; it stays the object that it is, with all of its own."""
    if not isinstance(model, GraphMethods):
        model.__class__ = _graph_class(cast("Hashable", type(model)))
    return model


@cache
def _graph_class(model_class: Any) -> Any:
    """A subclass of OpenVINO's model; made here because only lower layers know that class by name."""
    return types.new_class(
        "Graph", (GraphMethods, model_class), exec_body=lambda body: body.update(__module__=__name__)
    )
