"""The methods of Model Optimizer's nodes that have a meaning for an operation of an ``openvino.Model``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openpot.legacy.graph_ports import DataNode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from openpot.graph.types import Node
    from openpot.legacy.graph_ports import InputPort, OutputPort


class OptimizerNode:
    """Mixed into a node that has ports, attributes and OpenVINO's ``operation``."""

    kind = "op"
    """Nodes are operations; tensors are ``DataNode`` objects."""

    if TYPE_CHECKING:
        fullname: str

        @property
        def type(self) -> str: ...  # noqa: D102
        @property
        def operation(self) -> Node: ...  # noqa: D102
        def get(self, key: str, default: Any = None) -> Any: ...  # noqa: D102
        def attrs(self) -> dict[str, Any]: ...  # noqa: D102
        def in_ports(self) -> Mapping[int, InputPort]: ...  # noqa: D102
        def out_ports(self) -> Mapping[int, OutputPort]: ...  # noqa: D102
        def __contains__(self, key: str) -> bool: ...

    @property
    def id(self) -> str:
        """What identifies the node in its graph: its full name."""
        return self.fullname

    @property
    def op(self) -> str:
        """The operation type in POT's spelling."""
        return self.type

    def soft_get(self, key: str, default: Any = "<UNKNOWN>") -> Any:
        """An attribute of the operation, or ``default``."""
        return self.get(key, default)

    def has(self, key: str) -> bool:
        """Whether the operation has this attribute."""
        return key in self

    def has_and_set(self, key: str) -> bool:
        """Whether the operation has this attribute and it is not empty, zero or false."""
        return bool(self.get(key))

    def get_attrs(self) -> dict[str, Any]:
        """The attributes of the operation by name."""
        return self.attrs()

    def get_opset(self) -> str:
        """The operation set that the type comes from, such as ``opset1``."""
        return str(self.operation.get_type_info().version_id)

    def in_node(self, key: int = 0, control_flow: bool = False) -> DataNode:
        """The tensor at input ``key``; a second ``in_node()`` leads to the operation that makes it."""
        return self.in_nodes(control_flow)[key]

    def in_nodes(self, control_flow: bool = False) -> dict[int, DataNode]:
        """The tensors that are read, by the number of the input."""
        del control_flow
        return {number: DataNode(port.get_source()) for number, port in self.in_ports().items()}

    def out_node(self, key: int = 0, control_flow: bool = False) -> DataNode:
        """The tensor of output ``key``; ``out_node(i)`` of it is a reader."""
        return self.out_nodes(control_flow)[key]

    def out_nodes(self, control_flow: bool = False) -> dict[int, DataNode]:
        """The tensors that are made, by the number of the output."""
        del control_flow
        return {number: DataNode(port) for number, port in self.out_ports().items()}

    def has_port(self, port_type: str, idx: int, control_flow: bool = False) -> bool:
        """Whether there is an input (``in``) or output (``out``) of this number."""
        del control_flow
        return idx in (self.in_ports() if port_type == "in" else self.out_ports())

    def is_in_port_connected(self, idx: int, control_flow: bool = False) -> bool:
        """Whether there is an input of this number."""
        return self.has_port("in", idx, control_flow)

    def is_out_port_connected(self, idx: int, control_flow: bool = False) -> bool:
        """Whether something reads the output of this number."""
        return self.has_port("out", idx, control_flow) and not self.out_ports()[idx].disconnected()

    def input_ports_with(self, node: object) -> list[int]:
        """The numbers of the inputs that read an output of ``node``."""
        return [number for number, port in self.in_ports().items() if port.get_source().node == node]
