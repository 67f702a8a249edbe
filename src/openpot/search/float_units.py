"""The units that can go back to float: quantizers with the operations that they serve, and how much work these do."""

from __future__ import annotations

import math
from collections.abc import Sequence

from openpot.graph.operation_kinds import ALL_CONVOLUTIONS, MAC_OPERATIONS, TRANSPOSED_CONVOLUTIONS
from openpot.graph.provenance import Provenance
from openpot.graph.snapshot import GraphSnapshot
from openpot.placement.plan import PlannedQuantizer, QuantizerKind
from openpot.rewrites.remove_fake_quantize import find_quantizer_blocks
from openpot.search.repair import Unit

NOMINAL_SIZE = 32
"""Stands for sizes that only an inference tells."""


def find_units(
    float_snapshot: GraphSnapshot,
    quantized_snapshot: GraphSnapshot,
    quantizers: Sequence[PlannedQuantizer],
    target_device: str,
    with_weights: bool = False,
    provenance: Provenance | None = None,
) -> list[Unit]:
    """The units of a quantized graph, in topological order.

    Args:
        float_snapshot: the graph before it was quantized.
        quantized_snapshot: the graph with FakeQuantize operations.
        quantizers: what was planned.
        target_device: what the quantizers were placed for.
        with_weights: take quantizers of all weights along; else weights stay stored as integers, except those of
            convolutions, which cannot (:mod:`openpot.rewrites.float_convolutions`).
        provenance: of the quantized model; needed where quantizers took over names (POT's placement).
    """
    activations = [one.name for one in quantizers if one.kind != QuantizerKind.WEIGHTS]
    weights = [one for one in quantizers if one.kind == QuantizerKind.WEIGHTS]
    stored = {one.name for one in weights if not (with_weights or _is_read_by_convolution(float_snapshot, one))}
    known, units = provenance or Provenance(), []
    # Weights of operations that compute in float have a quantizer and no others around them.
    starts = [*activations, *(one.name for one in weights if with_weights)]
    for block in find_quantizer_blocks(quantized_snapshot, starts, target_device=target_device):
        names = tuple(name for name in block.quantizers if name not in stored)
        originals = (known.original_name(name) for name in block.operations)
        operations = tuple(name for name in originals if name in float_snapshot)
        units.append(Unit(names, operations, sum(estimate_work(float_snapshot, name) for name in operations) or 1.0))
    return units


def estimate_work(snapshot: GraphSnapshot, operation: str) -> float:
    """About how many multiplications an operation makes in one inference; 0 if it does not multiply and accumulate."""
    record = snapshot[operation]
    if record.type not in MAC_OPERATIONS:
        return 0.0
    data, weights = (snapshot.shape(source) for source in record.inputs[:2])
    outputs = _size(record.output_shape)
    if record.type == "MatMul":
        return outputs * (_known(data[-1]) if data else NOMINAL_SIZE)
    if record.type in TRANSPOSED_CONVOLUTIONS:
        return _size(data) * _size(weights) / max(_known((weights or (1,))[0]), 1)
    per_output = _size(weights) / max(_known((record.output_shape or (1, 1))[1]), 1)
    return outputs * per_output


def _is_read_by_convolution(snapshot: GraphSnapshot, weights: PlannedQuantizer) -> bool:
    readers = [snapshot[reader.node] for reader in weights.readers if reader.node in snapshot]
    return any(reader.type in ALL_CONVOLUTIONS for reader in readers)


def _size(shape: tuple[int | None, ...] | None) -> float:
    return float(math.prod(_known(size) for size in shape)) if shape else 1.0


def _known(size: int | None) -> int:
    return NOMINAL_SIZE if size is None else size
