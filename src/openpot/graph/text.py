"""A stable listing of a model, one line per node, for tests and bug reports."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from openpot.graph.full_names import full_name
from openpot.graph.node_index import bodies
from openpot.graph.snapshot import GraphSnapshot, NodeRecord, Shape
from openpot.graph.snapshot_model import snapshot_from_model

if TYPE_CHECKING:
    from openpot.graph.types import Model

_MAX_VALUES = 4


def text_from_model(model: Model, names: bool = True, values: bool = True) -> str:
    """The nodes of a model and of its bodies in topological order.

    A line reads ``%3 Add 'conv1_bias' (%1, %2) -> f32[1,8,16,16]``, with the attributes of the operation and, for
    constants, their values (a digest of long ones).

    Args:
        model: The model to list.
        names: Print friendly names; without them two models that differ in names only give the same text.
        values: Print the values of constants.
    """
    parts = []
    for owner, graph in {"": model, **bodies(model)}.items():
        snapshot = snapshot_from_model(graph, owner)
        constants = _format_constants(graph, owner) if values else {}
        parts.append(f"body {owner!r}:" if owner else "model:")
        parts.extend(_format_nodes(snapshot, constants, names))
    return "\n".join(parts) + "\n"


def _format_nodes(snapshot: GraphSnapshot, constants: Mapping[str, str], names: bool) -> list[str]:
    numbers = {name: f"%{number}" for number, name in enumerate(snapshot.nodes)}
    lines = []
    for node in snapshot.nodes.values():
        inputs = [numbers[source.node] + (f".{source.port}" if source.port else "") for source in node.inputs]
        words = [
            numbers[node.name],
            node.type,
            repr(node.name) if names else "",
            f"({', '.join(inputs)})" if inputs else "",
            _format_attributes(node),
            constants.get(node.name, ""),
            "-> " + ", ".join(map(_format_shape, node.output_types, node.output_shapes)),
        ]
        lines.append("  " + " ".join(word for word in words if word))
    return lines


def _format_shape(element_type: str, shape: Shape) -> str:
    if shape is None:
        return f"{element_type}[...]"
    return f"{element_type}[{','.join('?' if size is None else str(size) for size in shape)}]"


def _format_attributes(node: NodeRecord) -> str:
    """The attributes that the shape and type after the arrow do not show."""
    shown = {key: node.attributes[key] for key in sorted(node.attributes) if key not in ("shape", "element_type")}
    return json.dumps(shown, default=str) if shown else ""


def _format_constants(graph: Model, owner: str) -> dict[str, str]:
    printed = {}
    for node in graph.get_ops():
        if node.get_type_name() == "Constant":
            printed[full_name(owner, node.get_friendly_name())] = f"= {_format_value(node.data)}"
    return printed


def _format_value(value: np.ndarray) -> str:
    if value.size <= _MAX_VALUES:
        return str(value.tolist())
    return "sha256:" + hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest()[:16]
