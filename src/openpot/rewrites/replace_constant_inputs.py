"""Replaces the constants that single operations read, whoever else reads the old ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from openpot.errors import ModelError
from openpot.graph.build import constant
from openpot.graph.edit import ModelEditor
from openpot.graph.tensor_id import InputId
from openpot.graph.weights import is_constant
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.types import Model


@dataclass(frozen=True)
class ReplaceResult:
    """The inputs that read another constant now, in the order given."""

    inputs: tuple[InputId, ...]

    @property
    def changed(self) -> bool:
        """Whether the model is another one now."""
        return bool(self.inputs)


def replace_constant_inputs(model: Model, values: Mapping[InputId, Array], suffix: str) -> ReplaceResult:
    """Let inputs that read constants read new ones, in place.

    The old constants stay for their other readers. The new ones are of the type that was read (a 16-bit constant before
    a Convert becomes a 32-bit one) and are called ``<operation>/<suffix><port>``.

    Args:
        model: the model.
        values: for each input the new value, of the shape of the old one.
        suffix: what the constants are, for their names.

    Raises:
        ModelError: an input reads something that is not constant, or of another shape; nothing is changed then.
    """
    with ModelEditor(model) as editor:
        for reader, value in values.items():
            source = editor.nodes.input(reader).get_source_output()
            if not is_constant(source) or tuple(source.get_shape()) != value.shape:
                raise ModelError(
                    f"input {reader} must read a constant of shape {value.shape} to get a new one; it reads "
                    f"{source.get_node().get_friendly_name()!r} of shape {source.get_partial_shape()}"
                )
        for reader, value in values.items():
            source = editor.nodes.input(reader).get_source_output()
            name = f"{reader.node}/{suffix}{reader.port}"
            if name in editor.nodes:  # from an earlier call; it has no other reader
                editor.replace_constant(name, value)
            else:
                editor.replace_input(reader, constant(value, name, source.get_element_type().to_string()).output(0))
    return ReplaceResult(tuple(values))
