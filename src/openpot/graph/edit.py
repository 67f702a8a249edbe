"""Changes a model in place: the only functions that rewire, rename or annotate it.

Outputs of the model keep their tensor names whatever is inserted before them or removed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING

from openpot.errors import ModelError
from openpot.graph.build import constant, find_type
from openpot.graph.full_names import full_name, strip_owner
from openpot.graph.node_index import NodeIndex
from openpot.graph.revisions import mark_changed
from openpot.graph.tensor_id import InputId, TensorId
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.types import Model, Node, Output


class ModelEditor:
    """Edits one model, its sub-graph bodies included, by full names.

    Use it as a context manager: shapes and types are inferred again at the end if anything was changed. Sub-graph
    bodies are edited like the model itself; a node made for a body may carry its full name (``owner|inner``), the owner
    is then taken off. Every edit makes a new revision of the model at once.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.nodes = NodeIndex(model)
        self._changed = False

    def __enter__(self) -> ModelEditor:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and self._changed:
            self.model.validate_nodes_and_infer_types()
            mark_changed(self.model)

    def insert_on_inputs(
        self, tensor: TensorId, readers: Sequence[InputId], make_node: Callable[[Output], Node]
    ) -> Node:
        """Put a new node between an output and some of its readers.

        Args:
            tensor: The output that the new node reads.
            readers: Inputs that read the new node from now on; each must read ``tensor`` now.
            make_node: Makes the node from the output, with a name of its own.

        Raises:
            ModelError: A reader does not read ``tensor``, or the new name is taken.
        """
        source = self.nodes.output(tensor)
        inputs = [self.nodes.input(reader) for reader in readers]
        for reader, place in zip(readers, inputs, strict=True):
            if place.get_source_output() != source:
                raise ModelError(f"input {reader} does not read {tensor}: nothing can be inserted between them")
        node = make_node(source)
        self._mark_changed()
        self._take_up(node, self.nodes.owner_of(tensor.node))
        for place in inputs:
            place.replace_source_output(node.output(0))
        if any(place.get_node().get_type_name() == "Result" for place in inputs):
            move_tensor_names(source, node.output(0))
        return node

    def insert_after(self, tensor: TensorId, make_node: Callable[[Output], Node]) -> Node:
        """Put a new node between an output and all that read it now."""
        return self.insert_on_inputs(tensor, self.readers(tensor), make_node)

    def readers(self, tensor: TensorId) -> tuple[InputId, ...]:
        """Who reads an output now, in the order of their names; nodes that left the model are not among them."""
        return self.nodes.readers(tensor)

    def replace_constant(self, name: str, value: Array, element_type: str | None = None) -> Node:
        """Give all readers of a constant a new one of the same name (and type, unless ``element_type`` is given)."""
        old = self._constant(name)
        new_type = element_type or old.get_element_type().to_string()
        node = constant(value, old.get_friendly_name(), new_type)
        self._replace(name, node)
        return node

    def replace_input(self, reader: InputId, new_source: Output) -> None:
        """Let one input read another output; new nodes before it are taken up."""
        place = self.nodes.input(reader)
        owner = self.nodes.owner_of(reader.node)
        self._mark_changed()
        self._take_up(new_source.get_node(), owner)
        place.replace_source_output(new_source)

    def replace_node(self, name: str, node: Node) -> None:
        """Let all readers of a node with one output read ``node`` instead; the old node leaves the model.

        ``node`` may have the name of the old one.
        """
        self._replace(name, node)

    def replace_readers(self, tensor: TensorId, new: TensorId) -> None:
        """Let all that read one output read another, which takes over its tensor names."""
        self._redirect(self.nodes.output(tensor), self.nodes.output(new))

    def bypass(self, name: str, input_port: int = 0) -> None:
        """Remove a node with one output: its readers read what came in at ``input_port``."""
        node = self.nodes.node(name)
        source = node.input_value(input_port)
        self._redirect(node.output(0), source)
        self.nodes.discard(name)

    def rename(self, name: str, new_name: str) -> None:
        """Give a node another name (full names on both sides; tensor names stay)."""
        node, owner = self.nodes.node(name), self.nodes.owner_of(name)
        if new_name == name:
            return
        if new_name in self.nodes:
            raise ModelError(f"cannot rename {name!r} to {new_name!r}: there is a node of that name")
        self._mark_changed()
        self.nodes.discard(name)
        node.set_friendly_name(strip_owner(owner, new_name))
        self.nodes.add(node, owner)

    def set_input_type(self, name: str, element_type: str) -> None:
        """Let an input of the model take another element type."""
        self._mark_changed()
        self.nodes.node(name).set_element_type(find_type(element_type))

    def forget(self, names: Iterable[str]) -> None:
        """Drop nodes from the index that no reader is left for."""
        for name in list(names):
            self.nodes.discard(name)

    def _constant(self, name: str) -> Node:
        node = self.nodes.node(name)
        if node.get_type_name() != "Constant":
            raise ModelError(f"{name!r} is a {node.get_type_name()}, not a constant: its value cannot be replaced")
        return node

    def _replace(self, name: str, node: Node) -> None:
        owner, old = self.nodes.owner_of(name), self.nodes.node(name)
        self._redirect(old.output(0), node.output(0))
        self.nodes.discard(name)
        self._take_up(node, owner)

    def _mark_changed(self) -> None:
        """To be called before each edit: one that fails half way counts as well."""
        self._changed = True
        mark_changed(self.model)

    def _redirect(self, old: Output, new: Output) -> None:
        self._mark_changed()
        for place in old.get_target_inputs():
            if place.get_node() != new.get_node():
                place.replace_source_output(new)
        move_tensor_names(old, new)

    def _take_up(self, node: Node, owner: str) -> None:
        """Index a new node and the new nodes that it reads."""
        pending = [node]
        while pending:
            new = pending.pop()
            name = new.get_friendly_name()
            new.set_friendly_name(strip_owner(owner, name))
            known = full_name(owner, new.get_friendly_name())
            if known in self.nodes and self.nodes.node(known) is new:
                continue
            self.nodes.add(new, owner)
            pending.extend(value.get_node() for value in new.input_values())


def insert_on_inputs(
    model: Model, tensor: TensorId, readers: Sequence[InputId], make_node: Callable[[Output], Node]
) -> Node:
    """``ModelEditor.insert_on_inputs`` for a single change."""
    with ModelEditor(model) as editor:
        return editor.insert_on_inputs(tensor, readers, make_node)


def move_tensor_names(old: Output, new: Output) -> None:
    """Give ``new`` the tensor names of ``old`` on top of its own; ``old`` loses them."""
    names = old.get_names()
    if names:
        old.get_tensor().set_names(set())
        new.get_tensor().set_names(names | new.get_names())


def set_tensor_names(output: Output, names: set[str]) -> None:
    """Replace the tensor names of an output."""
    output.get_tensor().set_names(names)


def set_node_name(node: Node, name: str) -> None:
    """Name a node that no index knows (for nodes that have no unique name yet)."""
    node.set_friendly_name(name)


def set_model_name(model: Model, name: str) -> None:
    """Name a model."""
    model.set_friendly_name(name)


def add_outputs(model: Model, outputs: Sequence[Output]) -> list[Output]:
    """Make more outputs of a model; returns them in the order asked for."""
    mark_changed(model)
    return list(model.add_outputs(list(outputs)))


def set_metadata(model: Model, entries: Mapping[str, str], section: str = "openpot") -> None:
    """Write texts under ``rt_info/<section>`` of a model; they are saved with it and come back as texts."""
    for key, value in entries.items():
        model.set_rt_info(value, [section, key])


def tag_node(node: Node, key: str, text: str) -> None:
    """Attach a text to a node; transformations carry it along, saving drops it."""
    node.set_rt_info(text, key)


def read_tag(node: Node, key: str) -> str:
    """The text that ``tag_node`` attached, or an empty one."""
    entries = node.get_rt_info()
    return entries[key].astype(str) if key in entries else ""


def keep_tags(node: Node, kept: Collection[str]) -> None:
    """Take off all attributes of a node but those with these keys."""
    entries = node.get_rt_info()
    for key in list(entries.keys()):
        if key not in kept:
            del entries[key]


def reshape_inputs(model: Model, shapes: Mapping[int, Sequence[int]]) -> None:
    """Give inputs of a model definite shapes, by their numbers; shapes after them follow.

    Raises:
        RuntimeError: The model cannot have these.
    """
    ports = model.inputs
    model.reshape({ports[number]: list(shape) for number, shape in shapes.items()})
    mark_changed(model)
