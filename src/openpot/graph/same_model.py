"""Whether two models are the same: structure, names, types and every bit of their constants."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from openpot.graph.full_names import full_name
from openpot.graph.node_index import bodies
from openpot.graph.snapshot_model import shape_of
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.types import Model, Node

_CHUNK = 1 << 24
_SMALL = 1 << 16
"""Constants of up to so many bytes are compared by copies: that is faster, and the copies are small."""


def find_first_difference(left: Model, right: Model) -> str | None:
    """Where two models differ, in words; None if they are the same.

    Compared are the nodes by name (type, inputs, shapes, element types), bodies included, the bytes of all constants,
    and the tensor names of inputs and outputs.
    """
    difference = _find_difference_of_graphs(left, right, _compare_nodes)
    if difference:
        return difference
    for kind in ("inputs", "outputs"):
        names = [[port.get_names() for port in getattr(model, kind)] for model in (left, right)]
        if names[0] != names[1]:
            return f"the tensor names of the {kind}"
    return None


def find_first_different_constant(left: Model, right: Model) -> str | None:
    """As ``find_first_difference``, for models that are known to differ at most in the values of their constants."""
    return _find_difference_of_graphs(left, right, _compare_values)


def _find_difference_of_graphs(left: Model, right: Model, compare: Callable[[Node, Node], str | None]) -> str | None:
    """What ``compare`` says about the first two nodes of one name that differ."""
    left_graphs, right_graphs = {"": left, **bodies(left)}, {"": right, **bodies(right)}
    if left_graphs.keys() != right_graphs.keys():
        return f"other bodies: {sorted(left_graphs.keys() ^ right_graphs.keys())}"
    for owner, graph in left_graphs.items():
        left_nodes, right_nodes = (_index_by_name(each) for each in (graph, right_graphs[owner]))
        for name in left_nodes.keys() ^ right_nodes.keys():
            return f"node {full_name(owner, name)!r} is in one of them only"
        for name, node in left_nodes.items():
            what = compare(node, right_nodes[name])
            if what:
                return f"the {what} {full_name(owner, name)!r}"
    return None


def _index_by_name(graph: Model) -> dict[str, Node]:
    return {node.get_friendly_name(): node for node in graph.get_ordered_ops()}


def _compare_nodes(left: Node, right: Node) -> str | None:
    if left.get_type_name() != right.get_type_name():
        return "type of"
    if _list_sources(left) != _list_sources(right):
        return "inputs of"
    left_outputs, right_outputs = left.outputs(), right.outputs()
    if len(left_outputs) != len(right_outputs):
        return "number of outputs of"
    for output, other in zip(left_outputs, right_outputs, strict=True):
        if output.get_element_type() != other.get_element_type():
            return "output types of"
        if output.get_partial_shape() != other.get_partial_shape() and shape_of(output) != shape_of(other):
            return "output shapes of"
    return _compare_values(left, right)


def _list_sources(node: Node) -> list[tuple[str, int]]:
    return [(value.get_node().get_friendly_name(), value.get_index()) for value in node.input_values()]


def _compare_values(left: Node, right: Node) -> str | None:
    kinds = {node.get_type_name() == "Constant" for node in (left, right)}
    if kinds == {False} or (kinds == {True} and _same_bytes(left, right)):
        return None
    return "value of the constant"


def _same_bytes(left: Node, right: Node) -> bool:
    """Compare large values in pieces: a whole comparison would need as much memory again."""
    if left.get_element_type().to_string() == "string":
        return bool(left.get_value_strings() == right.get_value_strings())
    left_data, right_data = left.data, right.data
    if left_data.nbytes != right_data.nbytes:
        return False
    if left_data.nbytes <= _SMALL:
        return bool(left_data.tobytes() == right_data.tobytes())
    left_bytes, right_bytes = _raw_bytes(left_data), _raw_bytes(right_data)
    starts = range(0, left_bytes.size, _CHUNK)
    return all(np.array_equal(left_bytes[i : i + _CHUNK], right_bytes[i : i + _CHUNK]) for i in starts)


def _raw_bytes(data: Array) -> Array:
    return np.ascontiguousarray(np.atleast_1d(data)).reshape(-1).view(np.uint8)
