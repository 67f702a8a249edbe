"""A bidirectional LSTM as two of one direction each: the CPU has INT8 kernels for these alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openpot.graph import build
from openpot.graph.edit import ModelEditor
from openpot.graph.lstm_layer import BIAS, CELL, HIDDEN, NUM_OUTPUTS, RECURRENT_WEIGHTS, WEIGHTS, LstmLayer
from openpot.graph.tensor_id import TensorId
from openpot.graph.weights import constant_value, is_constant

if TYPE_CHECKING:
    from openpot.graph.types import Output

DIRECTIONS = ("forward", "reverse")
REVERSE_SUFFIX = "/reverse"
_AXES = {HIDDEN: 1, CELL: 1, WEIGHTS: 0, RECURRENT_WEIGHTS: 0, BIAS: 0}
"""Along which inputs hold the two directions; they have the others in common."""
_OUTPUT_AXIS = 1


def split_bidirectional(editor: ModelEditor, layer: LstmLayer) -> tuple[str, str]:
    """Replace a bidirectional LSTM by one that keeps its name and runs forward, and one that runs backward.

    Args:
        editor: of the model; no output of the model is one of the layer's.
        layer: a bidirectional one.

    Returns:
        The names of both.
    """
    old = f"{layer.name}/bidirectional"
    editor.rename(layer.name, old)
    sources = [port.get_source_output() for port in editor.nodes.node(old).inputs()]
    pairs = [
        _cut(editor, source, _AXES[port], f"{layer.name}/part{port}") if port in _AXES else [source, source]
        for port, source in enumerate(sources)
    ]
    names = (layer.name, layer.name + REVERSE_SUFFIX)
    halves = [
        build.lstm_sequence([pair[number] for pair in pairs], layer.hidden_size, DIRECTIONS[number], names[number])
        for number in range(len(DIRECTIONS))
    ]
    for port in range(NUM_OUTPUTS):
        readers = editor.readers(TensorId(old, port))
        if readers:
            joined = build.concat([half.output(port) for half in halves], _OUTPUT_AXIS, f"{layer.name}/joined{port}")
            for reader in readers:
                editor.replace_input(reader, joined.output(0))
    editor.forget([old])
    return names


def _cut(editor: ModelEditor, source: Output, axis: int, name: str) -> list[Output]:
    if not is_constant(source):
        return build.split_along(source, axis, len(DIRECTIONS), name)
    values = constant_value(editor.nodes, source)
    return [
        build.constant(values.take([number], axis), f"{name}/{direction}").output(0)
        for number, direction in enumerate(DIRECTIONS)
    ]
