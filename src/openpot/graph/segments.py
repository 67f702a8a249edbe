"""A model cut into segments, so that it can be run layer by layer with little in memory.

Each segment begins with operations of one level: the level of an operation is the largest number of chosen operations
on a path that ends with it. What a chosen operation reads therefore enters its segment from outside, and what one
segment makes and a later one reads is handed on by whoever runs them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from openpot.errors import ModelError
from openpot.graph.build import model as build_model
from openpot.graph.build import parameter, result
from openpot.graph.edit import ModelEditor
from openpot.graph.revisions import clone_model, snapshot_graphs
from openpot.graph.snapshot import GraphSnapshot
from openpot.graph.tensor_id import InputId, TensorId

if TYPE_CHECKING:
    from openpot.graph.types import Model, Node


@dataclass(frozen=True, eq=False)
class Segment:
    """A part of a model as a model of its own.

    Attributes:
        model: its inputs and outputs are in the order of the tensors.
        inputs: what it reads from earlier segments.
        outputs: what later segments read of it, and outputs of the whole model.
        level: of its operations.
    """

    model: Model
    inputs: tuple[TensorId, ...]
    outputs: tuple[TensorId, ...]
    level: int


@dataclass(frozen=True, eq=False)
class SegmentedModel:
    """A model in segments.

    Attributes:
        inputs: the tensors of the model's inputs, in their order.
        outputs: the tensors that its outputs show, in their order.
        segments: in the order in which they can be run.
        levels: level of each operation that is not constant, by full name.
    """

    inputs: tuple[TensorId, ...]
    outputs: tuple[TensorId, ...]
    segments: tuple[Segment, ...]
    levels: dict[str, int]

    def last_use(self, tensor: TensorId) -> int:
        """Number of the last segment that reads a tensor; that of all segments if the model shows it."""
        if tensor in self.outputs:
            return len(self.segments)
        return max((number for number, segment in enumerate(self.segments) if tensor in segment.inputs), default=-1)


def cut_model(source: Model, chosen: Collection[str]) -> SegmentedModel:
    """Cut a model before the chosen operations.

    Args:
        source: without states; it is not changed.
        chosen: full names of operations of the model itself, none of its bodies.

    Raises:
        ModelError: the model keeps a state.
    """
    if source.get_variables():
        raise ModelError("the model keeps a state from one inference to the next: it cannot be cut into segments")
    copy = clone_model(source)
    snapshot = snapshot_graphs(copy)[""]
    levels = find_levels(snapshot, chosen)
    made: dict[int, set[TensorId]] = {}
    read: dict[int, dict[TensorId, Node]] = {}
    parameters = tuple(TensorId(port.get_node().get_friendly_name()) for port in copy.inputs)
    editor = ModelEditor(copy)  # not as a context: what is cut is no model any more
    for record in snapshot.nodes.values():
        for port, tensor in enumerate(record.inputs):
            if record.type == "Result" or tensor.node in snapshot.constants:
                continue
            is_input = tensor in parameters
            if levels[tensor.node] == levels[record.name] and not is_input:
                continue
            entries = read.setdefault(levels[record.name], {})
            if tensor not in entries:
                entries[tensor] = _entry(editor, tensor, levels[record.name])
            editor.replace_input(InputId(record.name, port), entries[tensor].output(0))
            if not is_input:
                made.setdefault(levels[tensor.node], set()).add(tensor)
    shown = tuple(snapshot[result.get_friendly_name()].inputs[0] for result in copy.get_results())
    for tensor in shown:
        if tensor.node not in snapshot.constants and tensor not in parameters:
            made.setdefault(levels[tensor.node], set()).add(tensor)
    segments = [_segment(editor, level, read.get(level, {}), sorted(made[level])) for level in sorted(made)]
    return SegmentedModel(parameters, shown, tuple(segments), levels)


def find_levels(snapshot: GraphSnapshot, chosen: Collection[str]) -> dict[str, int]:
    """The level of each operation that is not constant."""
    levels: dict[str, int] = {}
    for record in snapshot.nodes.values():
        if record.name in snapshot.constants:
            continue
        above = max((levels.get(source.node, 0) for source in record.inputs), default=0)
        levels[record.name] = above + int(record.name in chosen)
    return levels


def _entry(editor: ModelEditor, tensor: TensorId, level: int) -> Node:
    output = editor.nodes.output(tensor)
    shape = [None if size.is_dynamic else size.get_length() for size in output.get_partial_shape()]
    return parameter(shape, output.get_element_type().to_string(), f"{tensor}/into/{level}")


def _segment(editor: ModelEditor, level: int, entries: dict[TensorId, Node], outputs: list[TensorId]) -> Segment:
    results = [result(editor.nodes.output(tensor), f"{tensor}/out") for tensor in outputs]
    part = build_model(results, list(entries.values()), f"segment {level}")
    return Segment(part, tuple(entries), tuple(outputs), level)
