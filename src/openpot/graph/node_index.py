"""Finding the nodes of a model by full name, those inside sub-graph bodies included."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeAlias

from openpot.errors import ModelError, UnknownNameError, suggest_nearest_name
from openpot.graph.full_names import full_name
from openpot.graph.operation_kinds import LOOPS, TYPES_WITH_BODIES
from openpot.graph.tensor_id import InputId, TensorId

if TYPE_CHECKING:
    from openpot.graph.types import Input, Model, Node, Output


def bodies_of(node: Node) -> dict[str, Model]:
    """The bodies of one node by the suffix of their owner name: ``''`` for loops, ``'then'``/``'else'`` for If."""
    kind = node.get_type_name()
    if kind == "If":
        return {"then": node.get_then_body(), "else": node.get_else_body()}
    if kind in LOOPS:
        return {"": node.get_function()}
    return {}


def bodies(model: Model, owner: str = "") -> dict[str, Model]:
    """Every sub-graph body of a model, nested ones included, by the full name of its owner, in topological order.

    A Loop or TensorIterator gives one body under its full name, an If two under ``<name>|then`` and ``<name>|else``.
    """
    graphs: dict[str, Model] = {}
    for node in model.get_ordered_ops():
        if node.get_type_name() not in TYPES_WITH_BODIES:
            continue
        for suffix, body in bodies_of(node).items():
            name = full_name(owner, node.get_friendly_name())
            name = full_name(name, suffix) if suffix else name
            graphs[name] = body
            graphs.update(bodies(body, name))
    return graphs


class NodeIndex:
    """The nodes of a model and of all its bodies by full name.

    It shows the model at one moment: make a new one after the model was changed by other means than its editor.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self._nodes: dict[str, Node] = {}
        self._owners: dict[str, str] = {}
        self._add_all(model, "")

    def _add_all(self, graph: Model, owner: str) -> None:
        """Take up a graph and then, body by body, what is inside; in one walk, as large models have many nodes."""
        inner: dict[str, Model] = {}
        for node in graph.get_ordered_ops():
            name = self.add(node, owner)
            if node.get_type_name() in TYPES_WITH_BODIES:
                parts = bodies_of(node).items()
                inner.update((full_name(name, suffix) if suffix else name, body) for suffix, body in parts)
        for name, body in inner.items():
            self._add_all(body, name)

    def add(self, node: Node, owner: str) -> str:
        """Take up a node of the body of ``owner``; returns its full name."""
        name = full_name(owner, node.get_friendly_name())
        if self._nodes.setdefault(name, node) is not node:
            raise ModelError(
                f"the model has two nodes named {name!r}; names must be unique: load it with openpot.load_model, "
                "which renames duplicates, or choose another name for the new node"
            )
        self._owners[name] = owner
        return name

    def discard(self, name: str) -> None:
        """Forget a node that left the model."""
        self._nodes.pop(name, None)
        self._owners.pop(name, None)

    def __contains__(self, name: object) -> bool:
        return name in self._nodes

    def __iter__(self) -> Iterator[str]:
        return iter(self._nodes)

    def __len__(self) -> int:
        return len(self._nodes)

    def owner_of(self, name: str) -> str:
        """The full name of the owner of the body that holds a node; empty for the model itself."""
        self.node(name)
        return self._owners[name]

    def node(self, name: str) -> Node:
        """The node with this full name.

        Raises:
            UnknownNameError: There is none.
        """
        node = self._nodes.get(name)
        if node is None:
            hint = suggest_nearest_name(name, self._nodes)
            raise UnknownNameError(f"the model has no node named {name!r}; {hint}")
        return node

    def output(self, tensor: TensorId) -> Output:
        """The output that a tensor id names.

        Raises:
            UnknownNameError: There is no such node.
            ModelError: The node has fewer outputs.
        """
        node = self.node(tensor.node)
        if not 0 <= tensor.port < node.get_output_size():
            raise ModelError(
                f"{tensor.node!r} has {node.get_output_size()} output(s); there is no output {tensor.port}"
            )
        return node.output(tensor.port)

    def input(self, reader: InputId) -> Input:
        """The input that an input id names.

        Raises:
            UnknownNameError: There is no such node.
            ModelError: The node has fewer inputs.
        """
        node = self.node(reader.node)
        if not 0 <= reader.port < node.get_input_size():
            raise ModelError(f"{reader.node!r} has {node.get_input_size()} input(s): there is no number {reader.port}")
        return node.input(reader.port)

    def source(self, reader: InputId) -> TensorId:
        """The output that an input reads."""
        output = self.input(reader).get_source_output()
        name = full_name(self.owner_of(reader.node), output.get_node().get_friendly_name())
        return TensorId(name, output.get_index())

    def readers(self, tensor: TensorId) -> tuple[InputId, ...]:
        """Who reads an output now, in the order of their names; nodes that left the model are not among them."""
        owner = self.owner_of(tensor.node)
        readers = []
        for place in self.output(tensor).get_target_inputs():
            name = full_name(owner, place.get_node().get_friendly_name())
            if self._nodes.get(name) is place.get_node():
                readers.append(InputId(name, place.get_index()))
        return tuple(sorted(readers))


NodeSource: TypeAlias = "Model | NodeIndex"


def index_nodes(source: NodeSource) -> NodeIndex:
    """``source`` itself, or a fresh index of a model."""
    return source if isinstance(source, NodeIndex) else NodeIndex(source)
