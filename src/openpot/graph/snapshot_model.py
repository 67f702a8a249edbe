"""Taking the snapshot of an OpenVINO model."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from openpot.graph.full_names import full_name
from openpot.graph.node_index import bodies
from openpot.graph.operation_kinds import TYPES_WITH_BODIES
from openpot.graph.snapshot import GraphSnapshot, NodeRecord, Shape
from openpot.graph.tensor_id import TensorId

if TYPE_CHECKING:
    from openpot.graph.types import Model, Node, Output, PartialShape

__all__ = ["bodies", "record_of", "shape_of", "snapshot_all_graphs", "snapshot_from_model"]

_DYNAMIC_RANK = "[...]"
_SIZE = r"(\d+|\?|\d+\.\.\d*|\.\.\d+)"
_PLAIN_SHAPE = re.compile(rf"\[\.\.\.\]|\[\]|\[{_SIZE}(,{_SIZE})*\]")


def shape_of(output: Output) -> Shape:
    """Sizes of an output, with None for dynamic dimensions or a dynamic rank."""
    shape = output.get_partial_shape()
    read = _shape_from_text(shape.to_string())
    return _shape_size_by_size(shape) if read is None else read[0]


@lru_cache(maxsize=4096)
def _shape_from_text(text: str) -> tuple[Shape] | None:
    """What ``[1,?,2..5]`` says, or None if it says something else: OpenVINO is slow to ask for each size in turn."""
    if not _PLAIN_SHAPE.fullmatch(text):
        return None
    if text == _DYNAMIC_RANK:
        return (None,)
    return (tuple(int(size) if size.isdigit() else None for size in text[1:-1].split(",") if size),)


def _shape_size_by_size(shape: PartialShape) -> Shape:
    if shape.rank.is_dynamic:
        return None
    return tuple(None if size.is_dynamic else size.get_length() for size in shape)


def snapshot_from_model(model: Model, owner: str = "") -> GraphSnapshot:
    """The nodes of one graph in topological order; types are OpenVINO's own (``Relu``, ``Constant``, ``Softmax``...).

    Args:
        model: The model, or the body of ``owner`` (see ``bodies``); bodies are not entered.
        owner: Full name of the owner of the body: nodes are then called ``owner|inner``.
    """
    return GraphSnapshot(record_of(node, owner) for node in model.get_ordered_ops())


def snapshot_all_graphs(model: Model) -> dict[str, GraphSnapshot]:
    """The model under ``''`` and every body under the full name of its owner."""
    snapshots = {"": snapshot_from_model(model)}
    if snapshots[""].nodes_of_type(*TYPES_WITH_BODIES):
        snapshots.update((owner, snapshot_from_model(graph, owner)) for owner, graph in bodies(model).items())
    return snapshots


def record_of(node: Node, owner: str = "") -> NodeRecord:
    """The record of one node of the model or of the body of ``owner``."""
    outputs, prefix = node.outputs(), full_name(owner, "")
    inputs = [
        TensorId(prefix + value.get_node().get_friendly_name(), value.get_index()) for value in node.input_values()
    ]
    return NodeRecord(
        name=prefix + node.get_friendly_name(),
        type=node.get_type_name(),
        inputs=tuple(inputs),
        output_shapes=tuple([shape_of(output) for output in outputs]),
        output_types=tuple([output.get_element_type().to_string() for output in outputs]),
        attributes=node.get_attributes(),
    )
