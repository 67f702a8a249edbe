"""A node as POT's node functions handed it out: name, type, attributes and ports, on top of an OpenVINO model.

A node is known by its full name, so it stays valid when its value is replaced. Types are spelled as POT spelled them:
``Const``, ``ReLU``, and ``Convolution`` for grouped convolutions too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from openpot.errors import ModelError
from openpot.graph.edit import ModelEditor
from openpot.graph.full_names import full_name
from openpot.graph.node_index import NodeIndex
from openpot.graph.revisions import revision
from openpot.graph.snapshot import Shape
from openpot.graph.snapshot_model import shape_of
from openpot.graph.tensor_id import InputId, TensorId
from openpot.graph.weights import constant_array

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


class GraphNode:
    """One operation of a model."""

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
        own = str(self.operation.get_type_name())
        return POT_TYPES.get(own, own)

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
        return getattr(self, key) if key in ("name", "fullname", "type", "shape", "value") else self._attributes()[key]

    def __contains__(self, key: str) -> bool:
        return key in ("name", "fullname", "type") or key in self._attributes()

    def get(self, key: str, default: Any = None) -> Any:
        """An attribute of the operation, or ``default``."""
        return self[key] if key in self else default  # noqa: SIM401 - a dict's get would ask this method

    def has_valid(self, key: str) -> bool:
        """Whether the operation has this attribute and it is not None."""
        return self.get(key) is not None

    def _attributes(self) -> dict[str, Any]:
        return dict(self.operation.get_attributes())

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


@dataclass(frozen=True)
class OutputPort:
    """Output ``number`` of a node."""

    node: GraphNode
    number: int

    @property
    def out(self) -> int:
        """The number of the output, under POT's name for it."""
        return self.number

    def get_destinations(self) -> list[InputPort]:
        """The inputs that read this output, in the order of their names."""
        places = self.node.operation.output(self.number).get_target_inputs()
        readers = [(self.node.neighbour(place.get_node()), place.get_index()) for place in places]
        found = [InputPort(node, number) for node, number in readers if node is not None]
        return sorted(found, key=lambda port: (port.node.fullname, port.number))

    def get_shape(self) -> Shape:
        """The shape, None for dynamic dimensions or a dynamic rank."""
        return shape_of(self.node.operation.output(self.number))

    def get_value(self) -> Array | None:
        """The value if it does not depend on data, else None."""
        try:
            return constant_array(self.node.operation.output(self.number))
        except ModelError:
            return None

    def connect(self, destination: InputPort) -> None:
        """Let ``destination`` read this output from now on."""
        place = InputId(destination.node.fullname, destination.number)
        with ModelEditor(self.node.graph) as editor:
            editor.replace_input(place, editor.nodes.output(TensorId(self.node.fullname, self.number)))


@dataclass(frozen=True)
class InputPort:
    """Input ``number`` of a node."""

    node: GraphNode
    number: int

    def get_source(self) -> OutputPort:
        """The output that is read here."""
        source = self.node.operation.input_value(self.number)
        node = self.node.neighbour(source.get_node())
        assert node is not None  # noqa: S101 - whatever a node of the model reads is in the model
        return OutputPort(node, source.get_index())

    def get_shape(self) -> Shape:
        """Shape of what is read here."""
        return self.get_source().get_shape()

    def get_value(self) -> Array | None:
        """The value that is read here if it does not depend on data, else None."""
        return self.get_source().get_value()
