"""A node as POT's node functions handed it out: name, type, attributes and ports, on top of an OpenVINO model.

A node is known by its full name, so it stays valid when its value is replaced. Types are spelled as POT spelled them:
``Const``, ``ReLU``, and ``Convolution`` for grouped convolutions too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from openpot.errors import ModelError
from openpot.graph.edit import ModelEditor
from openpot.graph.full_names import full_name
from openpot.graph.node_index import NodeIndex
from openpot.graph.revisions import revision
from openpot.graph.snapshot import Shape
from openpot.legacy.graph_ports import InputPort, OutputPort
from openpot.legacy.members import RefusesMembers
from openpot.legacy.node_methods import OptimizerNode

if TYPE_CHECKING:
    from openpot.graph.types import Model, Node
    from openpot.typing_aliases import Array

POT_TYPES: Mapping[str, str] = {
    "Constant": "Const",
    "GroupConvolution": "Convolution",
    "GroupConvolutionBackpropData": "ConvolutionBackpropData",
    "PRelu": "PReLU",
    "Relu": "ReLU",
    "Softmax": "SoftMax",
}
"""Operation types that POT spelled otherwise than OpenVINO's Python API does."""
ALWAYS = ("name", "fullname", "id", "type", "op", "kind")
"""What every node has besides the attributes of its operation."""


class NodeView:
    """The nodes of one model by full name, indexed again whenever the model was edited."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._revision = revision(model)
        self._index = NodeIndex(model)

    @property
    def index(self) -> NodeIndex:
        """An index of the model as it is now."""
        if revision(self.model) != self._revision:
            self._revision, self._index = revision(self.model), NodeIndex(self.model)
        return self._index

    def node(self, name: str) -> GraphNode:
        """The node with this full name."""
        return GraphNode(self, name)

    def find(self, name: str) -> GraphNode | None:
        """The node with this full name, or None."""
        return GraphNode(self, name) if name in self.index else None


class GraphNode(OptimizerNode, RefusesMembers):
    """One operation of a model.

    Attributes of the operation and the methods of OpenVINO's node are its attributes too.
    """

    historic_class = "Node"

    def __init__(self, view: NodeView, fullname: str) -> None:
        self._view = view
        self.fullname = fullname

    def __eq__(self, other: object) -> bool:
        return isinstance(other, GraphNode) and (self.fullname, self.graph) == (other.fullname, other.graph)

    def __hash__(self) -> int:
        return hash(self.fullname)

    def __repr__(self) -> str:
        return f"{self.type} {self.fullname!r}"

    @property
    def graph(self) -> Model:
        """The model that the node belongs to."""
        return self._view.model

    @property
    def operation(self) -> Node:
        """OpenVINO's object."""
        return self._view.index.node(self.fullname)

    @property
    def owner(self) -> str:
        """Full name of the operation whose body holds the node; empty outside of bodies."""
        return self._view.index.owner_of(self.fullname)

    @property
    def name(self) -> str:
        """The name within the graph or body."""
        return str(self.operation.get_friendly_name())

    @property
    def type(self) -> str:
        """The operation type in POT's spelling."""
        type_name = str(self.operation.get_type_name())
        return POT_TYPES.get(type_name, type_name)

    @property
    def shape(self) -> Shape:
        """Shape of the first output, None for dynamic dimensions or a dynamic rank."""
        return self.out_port(0).get_shape()

    @property
    def value(self) -> Array | None:
        """The value of the first output if it does not depend on data."""
        return self.out_port(0).get_value()

    @value.setter
    def value(self, value: Array) -> None:
        with ModelEditor(self.graph) as editor:
            editor.replace_constant(self.fullname, value)

    def __getitem__(self, key: str) -> Any:
        return getattr(self, key) if key in (*ALWAYS, "shape", "value") else self.attrs()[key]

    def __setitem__(self, key: str, value: Any) -> None:
        if key != "value":
            raise ModelError(
                f"{key!r} of {self!r} cannot be set, only the value of a constant can: openpot.graph.build makes "
                "operations with other attributes, and openpot.graph.edit puts them in"
            )
        self.value = value

    def __contains__(self, key: str) -> bool:
        return key in ALWAYS or key in self.attrs()

    def get(self, key: str, default: Any = None) -> Any:
        """An attribute of the operation, or ``default``."""
        return self[key] if key in self else default  # noqa: SIM401 - a dict's get would ask this method

    def has_valid(self, key: str) -> bool:
        """Whether the operation has this attribute and it is not None."""
        return self.get(key) is not None

    def attrs(self) -> dict[str, Any]:
        """The attributes of the operation by name."""
        return dict(self.operation.get_attributes())

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            return super().__getattr__(name)
        operation = self.operation
        attributes = operation.get_attributes()
        if name in attributes:
            return attributes[name]
        return getattr(operation, name) if hasattr(operation, name) else super().__getattr__(name)

    def in_port(self, number: int) -> InputPort:
        """Input ``number``.

        Raises:
            ModelError: there is no such input.
        """
        ports = self.in_ports()
        if number not in ports:
            raise ModelError(f"{self!r} has {len(ports)} input(s), no number {number}")
        return ports[number]

    def in_ports(self) -> dict[int, InputPort]:
        """The inputs by number."""
        return {number: InputPort(self, number) for number in range(self.operation.get_input_size())}

    def out_port(self, number: int) -> OutputPort:
        """Output ``number``.

        Raises:
            ModelError: there is no such output.
        """
        ports = self.out_ports()
        if number not in ports:
            raise ModelError(f"{self!r} has {len(ports)} output(s), no number {number}")
        return ports[number]

    def out_ports(self) -> dict[int, OutputPort]:
        """The outputs by number."""
        return {number: OutputPort(self, number) for number in range(self.operation.get_output_size())}

    def neighbour(self, operation: Node) -> GraphNode | None:
        """The node for another operation of the same graph or body; None for one that has left the model."""
        name = full_name(self.owner, operation.get_friendly_name())
        index = self._view.index
        return self._view.node(name) if name in index and index.node(name) is operation else None
