"""POT's ``graph.node_utils``: neighbours, shapes, values, weights and biases of one node."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from openpot.errors import ModelError
from openpot.legacy.graph_node import GraphNode
from openpot.legacy.graph_ports import InputPort, OutputPort

if TYPE_CHECKING:
    from openpot.graph.snapshot import Shape
    from openpot.typing_aliases import Array


def get_node_inputs(node: GraphNode) -> list[GraphNode]:
    """The nodes that ``node`` reads, in the order of its inputs."""
    return [port.node for port in get_node_input_ports(node)]


def get_node_input_ports(node: GraphNode) -> list[OutputPort]:
    """The outputs that ``node`` reads, in the order of its inputs."""
    return [port.get_source() for port in node.in_ports().values()]


def get_node_input(node: GraphNode, in_port: int) -> GraphNode:
    """The node that input ``in_port`` reads."""
    source: GraphNode = node.in_port(in_port).get_source().node
    return source


def get_all_node_outputs(node: GraphNode) -> list[GraphNode]:
    """The nodes that read any output of ``node``; one that reads it twice is there twice."""
    return [port.node for port in get_node_output_ports(node)]


def get_node_output_ports(node: GraphNode) -> list[InputPort]:
    """The inputs that read any output of ``node``."""
    return [reader for port in node.out_ports().values() for reader in port.get_destinations()]


def get_node_output(node: GraphNode, out_port: int) -> list[GraphNode]:
    """The nodes that read output ``out_port``."""
    return [reader.node for reader in node.out_port(out_port).get_destinations()]


def get_node_value(node: GraphNode) -> Array:
    """The value of a constant.

    Raises:
        ModelError: the node is not a constant.
    """
    value = node.value if node.type == "Const" else None
    if value is None:
        raise ModelError(f"{node!r} is not a constant: it has no value to read")
    return value


def set_node_value(node: GraphNode, value: Any) -> None:
    """Replace the value of a constant; the new one is cast to its element type.

    Raises:
        ModelError: the node is not a constant.
    """
    if node.type != "Const":
        raise ModelError(f"{node!r} is not a constant: its value cannot be replaced")
    node.value = np.asarray(value)


def get_weights_for_node(node: GraphNode) -> GraphNode:
    """The node that input 1 reads: the weights, or the FakeQuantize on them.

    Raises:
        ModelError: the node has no input 1.
    """
    return get_node_input(node, 1)


def set_weights_for_node(node: GraphNode, value: Any) -> None:
    """Replace the constant at input 1.

    Raises:
        ModelError: there is no constant at input 1.
    """
    set_node_value(get_weights_for_node(node), value)


def get_bias_for_node(node: GraphNode) -> GraphNode | None:
    """The constant of the Add that alone reads ``node``, or None."""
    readers = get_node_output(node, 0)
    if len(readers) != 1 or readers[0].type != "Add":
        return None
    return next((source for source in get_node_inputs(readers[0]) if source.type == "Const"), None)


def set_bias_for_node(node: GraphNode, value: Any) -> None:
    """Replace the bias.

    Raises:
        ModelError: the node has no bias.
    """
    bias = get_bias_for_node(node)
    if bias is None:
        raise ModelError(f"{node!r} has no bias: no Add of a constant follows it")
    set_node_value(bias, value)


def get_input_shape(node: GraphNode, in_port: int) -> Shape:
    """Shape of what input ``in_port`` reads, None for dynamic dimensions or a dynamic rank."""
    return node.in_port(in_port).get_shape()


def get_output_shape(node: GraphNode, out_port: int) -> Shape:
    """Shape of output ``out_port``, None for dynamic dimensions or a dynamic rank."""
    return node.out_port(out_port).get_shape()


def get_quantized_input_key(quantized_node: GraphNode) -> str | tuple[str, int]:
    """What the statistics of the input that varies are filed under: its name, with the output number if it has more."""
    port = 0
    if quantized_node.type == "Add":
        port = max(number for number, source in enumerate(get_node_inputs(quantized_node)) if source.type != "Const")
    return _output_key(quantized_node.in_port(port).get_source())


def _output_key(source: OutputPort) -> str | tuple[str, int]:
    return source.node.fullname if len(source.node.out_ports()) == 1 else (source.node.fullname, source.number)


def node_with_quantized_weights(node: GraphNode) -> bool:
    """Whether a FakeQuantize of a constant is at input 1."""
    weights = get_node_input(node, 1)
    return weights.type == "FakeQuantize" and get_node_input(weights, 0).type == "Const"


def get_input_data_value(node: GraphNode, port: int) -> Array | None:
    """The value at input ``port`` if it does not depend on data, else None."""
    return node.in_port(port).get_value()


def get_first_convolutions(parameter_nodes: Iterable[GraphNode]) -> list[GraphNode]:
    """The first convolution on each path from these nodes, in the order in which a breadth-first walk meets them."""
    convolutions: list[GraphNode] = []
    pending, seen = list(parameter_nodes), set[GraphNode]()
    while pending:
        node = pending.pop(0)
        if node in seen:
            continue
        seen.add(node)
        if node.type == "Convolution":
            convolutions.append(node)
        else:
            pending.extend(get_all_node_outputs(node))
    return convolutions


def check_const_input(node: GraphNode) -> bool:
    """Whether the weights at input 1 are a constant, quantized or not."""
    weights = get_weights_for_node(node)
    if weights.type == "FakeQuantize":
        weights = get_node_input(weights, 0)
    return weights.type == "Const"


def check_input_data_is_const(node: GraphNode, port_id: int = 1) -> bool:
    """Whether the value at input ``port_id`` does not depend on data."""
    return get_input_data_value(node, port_id) is not None


def get_lstm_ends(
    read_value: GraphNode, assigns: Iterable[GraphNode], ignore_nodes: Collection[str]
) -> list[GraphNode]:
    """Who else reads the state that a ReadValue gets from its Assign.

    Args:
        read_value: reads a variable.
        assigns: operations that write variables, one of them that of ``read_value``.
        ignore_nodes: names of readers that are left out.
    """
    assign = next(candidate for candidate in assigns if candidate.variable_id == read_value.variable_id)
    return [node for node in get_all_node_outputs(get_node_input(assign, 0)) if node.name not in ignore_nodes]


def reset_node_fullname(old_fullname: str, node_name: str) -> str:
    """``old_fullname`` with its last part replaced by ``node_name``."""
    return "|".join([*old_fullname.split("|")[:-1], node_name])
