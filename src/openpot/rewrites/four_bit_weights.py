"""Makes operations with weights of 4 bits run in INT8, while the file keeps the 4 bits.

Processors multiply bytes. OpenVINO unpacks 4-bit weights to float and computes in float, unless a conversion to 8-bit
integers follows the constant: then the operation runs as an INT8 kernel like any other. Operations whose data are not
quantized are left alone, because their weights are unpacked on the fly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from openpot.graph.build import convert
from openpot.graph.edit import ModelEditor
from openpot.graph.moved_values import is_integer
from openpot.graph.operation_kinds import MAC_OPERATIONS
from openpot.graph.revisions import snapshot_graphs
from openpot.graph.snapshot import GraphSnapshot
from openpot.graph.tensor_id import InputId, TensorId

if TYPE_CHECKING:
    from openpot.graph.types import Model

_WIDER = {"i4": "i8", "u4": "u8"}
_SCALES = frozenset({"Convert", "Subtract", "Multiply", "Reshape", "Transpose"})
"""What stands between stored integers and their reader; the runtime knows no other forms."""


@dataclass(frozen=True)
class EightBitResult:
    """Full names of the constants that are converted to 8 bits first."""

    constants: tuple[str, ...]


def widen_four_bit_weights(model: Model) -> EightBitResult:
    """Insert a conversion to 8-bit integers after 4-bit weights of operations whose data are quantized, in place."""
    widened: list[str] = []
    with ModelEditor(model) as editor:
        for snapshot in snapshot_graphs(model).values():
            for node in snapshot.nodes_of_type("Constant"):
                kind = _WIDER.get(node.output_type)
                readers = snapshot.readers(node.name)
                if kind is None or not readers or not all(_is_for_integers(snapshot, reader) for reader in readers):
                    continue
                editor.insert_on_inputs(
                    TensorId(node.name),
                    readers,
                    lambda data, kind=kind, name=node.name: convert(data, kind, f"{name}/to_{kind}"),  # type: ignore[misc]
                )
                widened.append(node.name)
    return EightBitResult(tuple(widened))


def _is_for_integers(snapshot: GraphSnapshot, reader: InputId) -> bool:
    """Whether what is unpacked here goes into operations whose other input is quantized, and nowhere else."""
    record = snapshot[reader.node]
    if record.type != "Convert" or record.output_type not in ("f32", "f16"):
        return False
    pending = [record]
    while pending:
        readers = snapshot.readers(pending.pop().name)
        if not readers:
            return False
        for name, port in readers:
            node = snapshot[name]
            if name in snapshot.constants and node.type in _SCALES:
                pending.append(node)
            elif node.type not in MAC_OPERATIONS or port > 1 or not is_integer(snapshot, node.inputs[1 - port]):
                return False
    return True
