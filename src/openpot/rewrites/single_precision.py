"""Models whose own type is f16, bf16 or f64 computed in f32: types stay as they are at outputs, states and most inputs.

Devices choose the arithmetic by their own settings, whatever type a model is written in. Written in f32 it can be
calibrated, corrected and compared without the rounding of half precision; weights that stay in float are stored in
half precision again in the end (:mod:`openpot.rewrites.compress_weights`).

Inputs of f64 become f32: the CPU plugin of OpenVINO 2026 compiles no quantized model that reads f64.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from openpot.graph import build
from openpot.graph.edit import ModelEditor
from openpot.graph.operation_kinds import TYPES_WITH_BODIES
from openpot.graph.tensor_id import InputId, TensorId
from openpot.graph.weights import constant_value

if TYPE_CHECKING:
    from openpot.graph.types import Model, Node, Output

OTHER_FLOATS = frozenset({"f16", "bf16", "f64"})
_STATES = frozenset({"ReadValue", "Assign"})
_GENERATORS = frozenset({"RandomUniform", "Eye", "Range"})
_BORDERS = frozenset({"Parameter", "Result"}) | _STATES | TYPES_WITH_BODIES | _GENERATORS
"""Operations that keep the types of their inputs and outputs."""
_NEUTRAL = _BORDERS | {"Constant", "Convert"}


@dataclass(frozen=True)
class SinglePrecisionResult:
    """Whether the model is another one now, and the inputs that take f32 instead of f64."""

    changed: bool = False
    inputs: tuple[str, ...] = ()


def compute_in_single_precision(model: Model) -> SinglePrecisionResult:
    """Let a model that computes in other floats than f32 compute in f32, in place.

    Models stay as they are if they hold half precision only in constants, inputs and outputs, with conversions around
    them. Bodies of loops and conditions stay as they are too, and get inputs of the same types as before.
    """
    nodes = model.get_ordered_ops()
    doubles = tuple(node.get_friendly_name() for node in nodes if _is_double_input(node))
    computing = (node for node in nodes if node.get_type_name() not in _NEUTRAL)
    if not doubles and not any(_is_other(output) for node in computing for output in node.outputs()):
        return SinglePrecisionResult()
    at_borders = [
        InputId(node.get_friendly_name(), port.get_index())
        for node in nodes
        if node.get_type_name() in _BORDERS
        for port in node.inputs()
        if _is_other(port) and _changes(port.get_source_output().get_node())
    ]
    with ModelEditor(model) as editor:
        types = {reader: _type(editor.nodes.input(reader)) for reader in at_borders}
        for name in doubles:
            editor.set_input_type(name, "f32")
        for node in nodes:
            _widen(editor, node)
        for reader, element_type in types.items():
            _narrow(editor, reader, element_type)
    return SinglePrecisionResult(True, doubles)


def _widen(editor: ModelEditor, node: Node) -> None:
    """Make the outputs of a node f32 for all readers that compute."""
    kind, name = node.get_type_name(), node.get_friendly_name()
    if kind == "Constant" and _is_other(node.output(0)):
        editor.replace_constant(name, constant_value(editor.nodes, TensorId(name)), "f32")
    elif kind == "Convert" and _is_other(node.output(0)):
        editor.replace_node(name, build.convert(node.input_value(0), "f32", name))
    elif kind in _BORDERS and not _is_double_input(node):
        for output in node.outputs():
            if _is_other(output):
                _widen_output(editor, TensorId(name, output.get_index()))


def _widen_output(editor: ModelEditor, tensor: TensorId) -> None:
    readers = [
        reader for reader in editor.readers(tensor) if editor.nodes.node(reader.node).get_type_name() not in _BORDERS
    ]
    if readers:
        name = f"{tensor}/to_f32"
        editor.insert_on_inputs(tensor, readers, lambda data: build.convert(data, "f32", name))


def _narrow(editor: ModelEditor, reader: InputId, element_type: str) -> None:
    """Convert what an input of a border reads back to the type that it had."""
    source = editor.nodes.input(reader).get_source_output()
    tensor = TensorId(source.get_node().get_friendly_name(), source.get_index())
    name = f"{reader}/to_{element_type}"
    editor.insert_on_inputs(tensor, [reader], lambda data: build.convert(data, element_type, name))


def _changes(node: Node) -> bool:
    """Whether what a node gives becomes f32."""
    return node.get_type_name() not in _BORDERS or _is_double_input(node)


def _is_double_input(node: Node) -> bool:
    return node.get_type_name() == "Parameter" and _type(node.output(0)) == "f64"


def _is_other(port: Output) -> bool:
    return _type(port) in OTHER_FLOATS


def _type(port: Output) -> str:
    return str(port.get_element_type().to_string())


__all__ = ["SinglePrecisionResult", "compute_in_single_precision"]
