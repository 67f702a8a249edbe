"""Constants that are read quantized by some operations and in float by others: stored once, in float.

Packed, such weights would be in the file twice. A FakeQuantize that stays over the float constant costs nothing later:
OpenVINO computes the integers when it compiles the model, and the operation runs in INT8 as before.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from openpot.graph.build import convert
from openpot.graph.edit import ModelEditor
from openpot.graph.snapshot import GraphSnapshot, NodeRecord
from openpot.graph.tensor_id import InputId

if TYPE_CHECKING:
    from openpot.graph.types import Model

_BYTES_OF_A_LIMIT = 4
_FOUR_BIT_LEVELS = 16
_LOW_LIMIT = 1


def quantizers_over_shared_constants(snapshot: GraphSnapshot) -> tuple[str, ...]:
    """Names of FakeQuantize operations that are better left over their constant, which is needed in float as well."""
    names: dict[str, None] = {}
    for node in snapshot.nodes_of_type("Constant"):
        quantizers, is_read_in_float = _uses(snapshot, node)
        if is_read_in_float:
            names.update(
                (quantizer.name, None) for quantizer in quantizers if _is_smaller_unpacked(snapshot, quantizer)
            )
    return tuple(names)


@contextmanager
def hidden_from_packing(model: Model, quantizers: Sequence[str]) -> Iterator[None]:
    """Let these FakeQuantize operations stay as they are while weights are stored as integers.

    OpenVINO packs what has constants as limits; for the time being these have a limit that is converted.
    """
    with ModelEditor(model) as editor:
        for name in quantizers:
            reader = InputId(name, _LOW_LIMIT)
            source = editor.nodes.source(reader)
            editor.insert_on_inputs(source, [reader], lambda data, name=name: convert(data, "f32", _mark(name)))  # type: ignore[misc]
    try:
        yield
    finally:
        with ModelEditor(model) as editor:
            for name in quantizers:
                editor.bypass(_mark(name))


def _mark(quantizer: str) -> str:
    return f"{quantizer}/stays"


def _uses(snapshot: GraphSnapshot, constant: NodeRecord) -> tuple[list[NodeRecord], bool]:
    """The quantizers of a constant, and whether it is read without one; through operations on constants."""
    quantizers: list[NodeRecord] = []
    is_read_in_float = False
    pending = [constant.name]
    while pending:
        for reader in snapshot.readers(pending.pop()):
            node = snapshot[reader.node]
            if node.type == "FakeQuantize":
                if reader.port:  # it is a limit
                    return [], False
                quantizers.append(node)
            elif node.type == "ShapeOf":
                continue
            elif node.name in snapshot.constants:
                pending.append(node.name)
            else:
                is_read_in_float = True
    return quantizers, is_read_in_float


def _is_smaller_unpacked(snapshot: GraphSnapshot, quantizer: NodeRecord) -> bool:
    """Both ends of the range of each channel take less space than the integers and one scale of each channel."""
    if quantizer.name not in snapshot.constants:
        return False
    values, channels = _size(quantizer), _size(snapshot[quantizer.inputs[_LOW_LIMIT].node])
    integers = values // 2 if int(str(quantizer.attributes["levels"])) <= _FOUR_BIT_LEVELS else values
    return 2 * _BYTES_OF_A_LIMIT * channels < integers + _BYTES_OF_A_LIMIT * channels


def _size(node: NodeRecord) -> int:
    return math.prod(size or 1 for size in node.output_shape or ())
