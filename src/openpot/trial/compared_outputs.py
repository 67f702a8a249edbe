"""Where two models are compared: at the last tensors before the outputs at which an error is meaningful.

* After a Softmax or Sigmoid nearly all values are close to 0 or 1, and the distance of two models is that of the few
  samples whose decision flips: a matter of luck on few samples. Before it every sample shows how far they are apart.
* After a selection (NonMaxSuppression, TopK, ArgMax...) rows change places (:mod:`openpot.graph.selections`); the
  floating-point tensors that it reads are compared instead. Integer outputs are thus compared as well.
* A concatenation may hold boxes in pixels beside scores between 0 and 1. An error of all values is that of the boxes
  alone, so each of its inputs is compared on its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from openpot.graph.moved_values import find_origin
from openpot.graph.operation_kinds import FLOAT_TYPES, REORDERINGS
from openpot.graph.selections import find_selected_nodes
from openpot.graph.snapshot import GraphSnapshot
from openpot.graph.tensor_id import TensorId

if TYPE_CHECKING:
    from openpot.graph.types import Model

_SQUASHING = frozenset({"Softmax", "LogSoftmax", "Sigmoid"})
_LOOKED_THROUGH = REORDERINGS | {"Convert"}
MAX_PARTS = 16
"""A concatenation of more tensors is compared as a whole: it is one quantity in many pieces, as steps of time are."""


def find_compared_tensors(snapshot: GraphSnapshot) -> tuple[TensorId, ...]:
    """The floating-point tensors that stand for the outputs of the model, in their order, each once."""
    selected = find_selected_nodes(snapshot)
    compared: dict[TensorId, None] = {}
    for result in snapshot.nodes_of_type("Result"):
        compared |= dict.fromkeys(_find_compared(snapshot, result.inputs[0], selected))
    return tuple(compared)


def describe_compared(snapshot: GraphSnapshot) -> str:
    """Where the tensors are that stand for the outputs, in words that complete "judged ..."."""
    selected = find_selected_nodes(snapshot)
    walks = [_walk(snapshot, result.inputs[0], selected) for result in snapshot.nodes_of_type("Result")]
    places = [_name_place(snapshot, tensor, selected) for walk in walks for tensor, parts in walk if parts]
    return " and ".join(dict.fromkeys(places)) or "at the outputs"


def _name_place(snapshot: GraphSnapshot, tensor: TensorId, selected: frozenset[str]) -> str:
    if tensor.node in selected:
        return "before rows or places are selected"
    kind = snapshot[find_origin(snapshot, tensor, _LOOKED_THROUGH).node].type
    return "part by part before a Concat" if kind == "Concat" else f"before a {kind}"


def _find_compared(snapshot: GraphSnapshot, output: TensorId, selected: frozenset[str]) -> list[TensorId]:
    """What stands for one output."""
    ends = [tensor for tensor, parts in _walk(snapshot, output, selected) if not parts]
    return [tensor for tensor in ends if snapshot.element_type(tensor) in FLOAT_TYPES]


def _walk(
    snapshot: GraphSnapshot, output: TensorId, selected: frozenset[str]
) -> Iterator[tuple[TensorId, list[TensorId]]]:
    """Tensors from an output towards the inputs, each with those that are compared instead."""
    pending, seen = [output], {output}
    while pending:
        tensor = pending.pop(0)
        parts = _find_parts(snapshot, tensor, selected)
        yield tensor, parts
        fresh = [part for part in parts if part not in seen]
        seen.update(fresh)
        pending = fresh + pending


def _find_parts(snapshot: GraphSnapshot, tensor: TensorId, selected: frozenset[str]) -> list[TensorId]:
    """The tensors to compare instead of this one; empty if it is the one to compare."""
    if tensor.node in selected:
        return [source for source in snapshot[tensor.node].inputs if _varies(snapshot, source)]
    node = snapshot[find_origin(snapshot, tensor, _LOOKED_THROUGH).node]
    if node.type in _SQUASHING:
        return [node.inputs[0]]
    if node.type == "Concat":
        parts = [
            source
            for source in node.inputs
            if _varies(snapshot, source) and snapshot.element_type(source) in FLOAT_TYPES
        ]
        return parts if 1 < len(parts) <= MAX_PARTS else []
    return []


def _varies(snapshot: GraphSnapshot, tensor: TensorId) -> bool:
    """Whether a tensor holds data: neither a constant, nor a shape, nor an input of the model."""
    name = tensor.node
    is_known = name in snapshot.constants or name in snapshot.shape_arithmetic
    return not is_known and snapshot[name].type not in ("Parameter", "ReadValue")


def find_output_tensors(model: Model) -> tuple[TensorId, ...]:
    """The tensor that each output of a model gives, in the order of the model."""
    sources = [result.input_value(0) for result in model.get_results()]
    return tuple(TensorId(source.get_node().get_friendly_name(), source.get_index()) for source in sources)
