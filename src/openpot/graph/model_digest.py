"""A hash of what a model computes: operations, how they are connected, attributes and every bit of the constants."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np

from openpot.graph.node_index import bodies

if TYPE_CHECKING:
    from openpot.graph.types import Model, Node


def model_digest(model: Model) -> str:
    """The hash of a model, the same in every process; names of operations do not count."""
    digest = hashlib.sha256()
    for owner, graph in {"": model, **bodies(model)}.items():
        digest.update(owner.encode())
        numbers: dict[str, int] = {}
        for number, node in enumerate(graph.get_ordered_ops()):
            numbers[node.get_name()] = number
            digest.update(_describe_node(node, numbers).encode())
            if node.get_type_name() == "Constant":
                digest.update(_read_bytes(node))
    return digest.hexdigest()


def _describe_node(node: Node, numbers: dict[str, int]) -> str:
    sources = [(numbers[value.get_node().get_name()], value.get_index()) for value in node.input_values()]
    outputs = [(port.get_element_type().to_string(), str(port.get_partial_shape())) for port in node.outputs()]
    return repr((node.get_type_name(), sources, outputs, _sort_attributes(node.get_attributes())))


def _sort_attributes(attributes: dict[str, Any]) -> list[tuple[str, str]]:
    """Attributes that print the same in every process."""
    kinds = (str, int, float, bool, list, tuple)
    return sorted((name, repr(value)) for name, value in attributes.items() if isinstance(value, kinds))


def _read_bytes(constant: Node) -> Any:
    if constant.get_element_type().to_string() == "string":
        return repr(constant.get_value_strings()).encode()
    return np.ascontiguousarray(np.atleast_1d(constant.data)).reshape(-1).view(np.uint8)
