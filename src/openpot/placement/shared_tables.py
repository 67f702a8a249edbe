"""Tied embeddings, tables that are looked up and multiplied with: both readers get the same quantized constant.

A tied embedding is one constant that a Gather and a MatMul share. If the Gather kept its own values, the constant would
be stored twice, as integers and in float. Rows that are looked up lose as little by integers as weights do, and the
outputs decide about both together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from openpot.graph.snapshot import GraphSnapshot
from openpot.graph.tensor_id import InputId
from openpot.placement.plan import PlannedQuantizer, QuantizerKind

_TABLE_PORT = 0


def add_lookups(
    quantizers: Iterable[PlannedQuantizer], snapshot: GraphSnapshot, left_out: Collection[str]
) -> tuple[PlannedQuantizer, ...]:
    """The quantizers, those of weights with the look-ups in the same constant among their readers.

    Args:
        quantizers: what is planned.
        snapshot: the graph.
        left_out: operations that the user wants in float; they keep the constant as it is.
    """
    completed = tuple(quantizers)
    taken = {reader for quantizer in completed for reader in quantizer.readers}
    result = []
    for quantizer in completed:
        lookups: tuple[InputId, ...] = ()
        if quantizer.kind == QuantizerKind.WEIGHTS:
            readers = snapshot.readers(quantizer.tensor.node, quantizer.tensor.port)
            lookups = tuple(
                reader
                for reader in readers
                if reader not in taken and reader.node not in left_out and _looks_up(snapshot, reader)
            )
            taken.update(lookups)  # with two quantizers on one constant the first serves the look-ups
        result.append(
            replace(quantizer, readers=tuple(sorted((*quantizer.readers, *lookups)))) if lookups else quantizer
        )
    return tuple(result)


def _looks_up(snapshot: GraphSnapshot, reader: InputId) -> bool:
    node = snapshot[reader.node]
    return node.type == "Gather" and reader.port == _TABLE_PORT and node.name not in snapshot.constants
