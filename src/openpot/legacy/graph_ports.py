"""Ports of a node as POT's scripts use them: what an input reads, who reads an output, and the data in between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from openpot.errors import ModelError
from openpot.graph.edit import ModelEditor
from openpot.graph.snapshot_model import shape_of
from openpot.graph.tensor_id import InputId, TensorId
from openpot.graph.weights import constant_array
from openpot.legacy.members import RefusesMembers

if TYPE_CHECKING:
    from openpot.graph.snapshot import Shape
    from openpot.typing_aliases import Array

PortOwner: TypeAlias = Any
"""A ``GraphNode``; nodes are made of ports, so that ports cannot name their class."""


@dataclass(frozen=True)
class OutputPort(RefusesMembers):
    """Output ``number`` of a node."""

    historic_class = "Port"

    node: PortOwner
    number: int

    @property
    def out(self) -> int:
        """The number of the output, under POT's name for it."""
        return self.number

    @property
    def idx(self) -> int:
        """The number of the output, under Model Optimizer's name for it."""
        return self.number

    @property
    def data(self) -> PortData:
        """Value and shape, as Model Optimizer's ports offered them."""
        return PortData(self)

    def get_source(self) -> OutputPort:
        """The output itself."""
        return self

    def get_destinations(self) -> list[InputPort]:
        """The inputs that read this output, in the order of their names."""
        places = self.node.operation.output(self.number).get_target_inputs()
        readers = [(self.node.neighbour(place.get_node()), place.get_index()) for place in places]
        ports = [InputPort(node, number) for node, number in readers if node is not None]
        return sorted(ports, key=lambda port: (port.node.fullname, port.number))

    def get_destination(self) -> InputPort | None:
        """The only input that reads this output; None if nothing does.

        Raises:
            ModelError: several inputs read it.
        """
        readers = self.get_destinations()
        if len(readers) > 1:
            raise ModelError(f"output {self.number} of {self.node!r} has {len(readers)} readers: get_destinations()")
        return readers[0] if readers else None

    def disconnected(self) -> bool:
        """Whether nothing reads this output."""
        return not self.get_destinations()

    def get_shape(self) -> Shape:
        """The shape, None for dynamic dimensions or a dynamic rank."""
        return shape_of(self.node.operation.output(self.number))

    def get_value(self) -> Array | None:
        """The value if it does not depend on data, else None."""
        try:
            return constant_array(self.node.operation.output(self.number))
        except ModelError:
            return None

    def get_data_type(self) -> type[Any]:
        """The element type, as NumPy has it."""
        element_type = self.node.operation.get_output_element_type(self.number)
        kind: type[Any] = np.dtype(element_type.to_dtype()).type
        return kind

    def is_data_type_defined(self) -> bool:
        """Whether the element type is known."""
        return bool(self.node.operation.get_output_element_type(self.number).is_static())

    def get_tensor_names(self, port_renumber: bool = False) -> list[str]:
        """The names of the tensor, sorted."""
        del port_renumber
        return sorted(self.node.operation.output(self.number).get_names())

    def get_default_tensor_name(self) -> str | None:
        """The first of the names of the tensor; None if it has none."""
        return next(iter(self.get_tensor_names()), None)

    def connect(self, destination: InputPort) -> None:
        """Let ``destination`` read this output from now on."""
        place = InputId(destination.node.fullname, destination.number)
        with ModelEditor(self.node.graph) as editor:
            editor.replace_input(place, editor.nodes.output(TensorId(self.node.fullname, self.number)))


@dataclass(frozen=True)
class InputPort(RefusesMembers):
    """Input ``number`` of a node."""

    historic_class = "Port"

    node: PortOwner
    number: int

    @property
    def idx(self) -> int:
        """The number of the input, under Model Optimizer's name for it."""
        return self.number

    @property
    def data(self) -> PortData:
        """Value and shape of what is read here, as Model Optimizer's ports offered them."""
        return PortData(self.get_source())

    def get_source(self) -> OutputPort:
        """The output that is read here."""
        source = self.node.operation.input_value(self.number)
        node = self.node.neighbour(source.get_node())
        assert node is not None  # noqa: S101 - whatever a node of the model reads is in the model
        return OutputPort(node, source.get_index())

    def get_destinations(self) -> list[InputPort]:
        """The input itself, alone."""
        return [self]

    def get_destination(self) -> InputPort:
        """The input itself."""
        return self

    def disconnected(self) -> bool:
        """False: every input of an ``openvino.Model`` reads something."""
        return False

    def get_shape(self) -> Shape:
        """Shape of what is read here."""
        return self.get_source().get_shape()

    def get_value(self) -> Array | None:
        """The value that is read here if it does not depend on data, else None."""
        return self.get_source().get_value()

    def get_data_type(self) -> type[Any]:
        """Element type of what is read here."""
        return self.get_source().get_data_type()

    def is_data_type_defined(self) -> bool:
        """Whether the element type of what is read here is known."""
        return self.get_source().is_data_type_defined()

    def get_tensor_names(self, port_renumber: bool = False) -> list[str]:
        """Names of the tensor that is read here, sorted."""
        return self.get_source().get_tensor_names(port_renumber)

    def get_default_tensor_name(self) -> str | None:
        """The first of the names of the tensor that is read here; None if it has none."""
        return self.get_source().get_default_tensor_name()

    def connect(self, source: OutputPort) -> None:
        """Read ``source`` from now on."""
        source.connect(self)


@dataclass(frozen=True)
class PortData:
    """Value and shape of a tensor."""

    port: OutputPort

    def get_value(self) -> Array | None:
        """The value if it does not depend on data, else None."""
        return self.port.get_value()

    def set_value(self, value: Array) -> None:
        """Replace the value of a constant.

        Raises:
            ModelError: the tensor is not that of a constant.
        """
        self.port.node.value = value

    def get_shape(self) -> Shape:
        """The shape, None for dynamic dimensions or a dynamic rank."""
        return self.port.get_shape()


class DataNode:
    """A tensor between operations: Model Optimizer had nodes for them, which ``in_node`` and ``out_node`` return.

    For names and types it stands for the operation that makes the tensor.
    """

    kind = "data"

    def __init__(self, port: OutputPort) -> None:
        self.port = port

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DataNode) and self.port == other.port

    def __hash__(self) -> int:
        return hash(self.port)

    def __repr__(self) -> str:
        return f"data of {self.port.node!r}"

    @property
    def value(self) -> Array | None:
        """The value if it does not depend on data, else None."""
        return self.port.get_value()

    @value.setter
    def value(self, value: Array) -> None:
        self.port.node.value = value

    @property
    def shape(self) -> Shape:
        """The shape, None for dynamic dimensions or a dynamic rank."""
        return self.port.get_shape()

    def in_node(self, key: int = 0, control_flow: bool = False) -> PortOwner:
        """The operation that makes the tensor."""
        del key, control_flow
        return self.port.node

    def in_nodes(self, control_flow: bool = False) -> dict[int, PortOwner]:
        """The operation that makes the tensor, under 0."""
        del control_flow
        return {0: self.port.node}

    def out_node(self, key: int = 0, control_flow: bool = False) -> PortOwner:
        """The reader with this number."""
        return self.out_nodes(control_flow)[key]

    def out_nodes(self, control_flow: bool = False) -> dict[int, PortOwner]:
        """The operations that read the tensor, numbered in the order of their names."""
        del control_flow
        return dict(enumerate(reader.node for reader in self.port.get_destinations()))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.port.node, name)
