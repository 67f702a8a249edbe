"""Reads and changes the bias of an operation with weights; inserts one where there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from openpot.errors import ModelError
from openpot.graph.build import add, constant_like
from openpot.graph.edit import ModelEditor
from openpot.graph.node_index import NodeIndex, NodeSource, index_nodes
from openpot.graph.snapshot_model import record_of, shape_of
from openpot.graph.tensor_id import InputId, TensorId
from openpot.graph.weights import constant_array, is_constant
from openpot.rewrites.channel_affine import OutputChannels, find_output_channels
from openpot.typing_aliases import Array, FloatArray

if TYPE_CHECKING:
    from openpot.graph.types import Model, Node

ADD_SUFFIX = "/add_"
"""What POT appended to the name of an operation for the bias Add that it inserted."""


@dataclass(frozen=True)
class BiasResult:
    """Operations whose bias was changed (operation -> bias Add), and which of these Adds are new."""

    adds: Mapping[str, str]
    inserted: tuple[str, ...] = ()


@dataclass(frozen=True)
class BiasPlace:
    """Where the bias of an operation is.

    Attributes:
        operation: Full name of the operation.
        channels: Its output channels.
        constant: Input of the Add after the operation that reads the bias; None where there is no bias.
        values: The bias, ``(channels,)``; zeros where there is none.
    """

    operation: str
    channels: OutputChannels
    constant: InputId | None
    values: FloatArray

    @property
    def add(self) -> str:
        """Full name of the Add, or that which a new one will have."""
        return self.operation + ADD_SUFFIX if self.constant is None else self.constant.node


def find_bias(source: NodeSource, operation: str) -> BiasPlace:
    """The bias of an operation: an Add of a constant per channel that alone reads the operation.

    Args:
        source: The model or its index.
        operation: Full name of a convolution (grouped, transposed) or MatMul.

    Raises:
        UnknownNameError: There is no such operation.
        ModelError: The number of channels is not known.
    """
    nodes = index_nodes(source)
    channels = _find_channels(nodes, operation)
    readers = nodes.readers(TensorId(operation))
    if len(readers) == 1 and nodes.node(readers[0].node).get_type_name() == "Add":
        place = InputId(readers[0].node, 1 - readers[0].port)
        output = nodes.input(place).get_source_output()
        values = channels.values_per_channel(constant_array(output)) if is_constant(output) else None
        if values is not None:
            return BiasPlace(operation, channels, place, values)
    return BiasPlace(operation, channels, None, np.zeros(channels.count))


def set_biases(model: Model, biases: Mapping[str, Array]) -> BiasResult:
    """Give operations new biases; an Add named ``<operation>/add_`` is inserted where there is none.

    Args:
        model: Changed in place.
        biases: Full name of the operation -> bias of shape ``(channels,)``.

    Raises:
        UnknownNameError: There is no such operation.
        ModelError: A bias has another length than the operation has channels, is not finite, or does not fit into the
            element type of the model; nothing is changed then.
    """
    return _change(model, biases, keep=False)


def shift_biases(model: Model, shifts: Mapping[str, Array]) -> BiasResult:
    """Add to the biases of operations; like ``set_biases`` otherwise."""
    return _change(model, shifts, keep=True)


def _change(model: Model, values: Mapping[str, Array], keep: bool) -> BiasResult:
    if not values:
        return BiasResult({})
    with ModelEditor(model) as editor:
        places = [find_bias(editor.nodes, name) for name in values]
        constants = [_build_constant(editor, place, values[place.operation], keep) for place in places]
        for place, node in zip(places, constants, strict=True):
            if place.constant is None:
                _insert_add(editor, place, node)
            else:
                editor.forget(_find_old_constant(editor.nodes, place.constant))
                editor.replace_input(place.constant, node.output(0))
    inserted = tuple(place.add for place in places if place.constant is None)
    return BiasResult({place.operation: place.add for place in places}, inserted)


def _build_constant(editor: ModelEditor, place: BiasPlace, values: Array, keep: bool) -> Node:
    """The constant with the new bias, in the element type of the operation."""
    array = np.asarray(values, np.float64)
    if array.shape != (place.channels.count,):
        raise ModelError(
            f"the bias of {place.operation!r} needs the shape ({place.channels.count},); given was {array.shape}"
        )
    if not np.isfinite(array).all():
        raise ModelError(
            f"the bias of {place.operation!r} must be finite: {np.sum(~np.isfinite(array))} values are not"
        )
    new = array + place.values if keep else array
    output = editor.nodes.output(TensorId(place.operation))
    return constant_like(place.channels.spread_over_output(new).astype(np.float32), f"{place.add}/bias", output)


def _insert_add(editor: ModelEditor, place: BiasPlace, constant: Node) -> None:
    editor.insert_after(TensorId(place.operation), lambda data: add(data, constant.output(0), place.add))


def _find_old_constant(nodes: NodeIndex, reader: InputId) -> tuple[str, ...]:
    """The name of a constant that nobody else reads."""
    source = nodes.source(reader)
    return (source.node,) if len(nodes.readers(source)) == 1 else ()


def _find_channels(nodes: NodeIndex, operation: str) -> OutputChannels:
    """Channels by the shape of the weights; of a product of two activations by that of its output."""
    node = nodes.node(operation)
    record = record_of(node, nodes.owner_of(operation))
    for port in (1, 0) if record.type == "MatMul" else (1,):
        if len(record.inputs) > port and is_constant(node.input_value(port)):
            channels = find_output_channels(record, shape_of(node.input_value(port)), port)
            if channels is not None:
                return channels
    shape = record.output_shape
    if record.type == "MatMul" and shape and shape[-1] is not None:
        return OutputChannels(shape[-1], (), (), 1, len(shape))
    raise ModelError(f"the number of output channels of {operation!r} ({record.type}) is not known")
