"""Units: quantizers that are reverted to float together, the operations that they serve, and how much work these do."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from openpot.graph.multiplications import count_multiplications
from openpot.graph.operation_kinds import ALL_CONVOLUTIONS, MAC_OPERATIONS
from openpot.graph.provenance import Provenance
from openpot.graph.snapshot import GraphSnapshot
from openpot.placement.plan import PlannedQuantizer, QuantizerKind
from openpot.rewrites.remove_fake_quantize import find_quantizer_blocks
from openpot.search.trial_subject import IN_FLOAT, Choice


@dataclass(frozen=True)
class Unit:
    """Quantizers that are removed together, because the same operations then compute in float.

    Attributes:
        quantizers: names of quantizers.
        operations: names of the operations that they serve.
        work: about how many multiplications these do in one inference.
    """

    quantizers: tuple[str, ...]
    operations: tuple[str, ...]
    work: float


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
        quantizers: the planned quantizers.
        target_device: what the quantizers were placed for.
        with_weights: whether units include the quantizers of all weights; else weights stay stored as integers, except
            those of convolutions, which cannot (:mod:`openpot.rewrites.float_convolutions`).
        provenance: of the quantized model; needed where quantizers took over names (POT's placement).
    """
    activations = [quantizer.name for quantizer in quantizers if quantizer.kind != QuantizerKind.WEIGHTS]
    weights = [quantizer for quantizer in quantizers if quantizer.kind == QuantizerKind.WEIGHTS]
    stored = {
        quantizer.name
        for quantizer in weights
        if not (with_weights or _is_read_by_convolution(float_snapshot, quantizer))
    }
    names_before, units = provenance or Provenance(), []
    # Weights of operations that compute in float have a quantizer and no others around them.
    starts = [*activations, *(quantizer.name for quantizer in weights if with_weights)]
    for block in find_quantizer_blocks(quantized_snapshot, starts, target_device=target_device):
        names = tuple(name for name in block.quantizers if name not in stored)
        originals = (names_before.original_name(name) for name in block.operations)
        operations = tuple(name for name in originals if name in float_snapshot)
        units.append(Unit(names, operations, sum(estimate_work(float_snapshot, name) for name in operations) or 1.0))
    return units


def estimate_work(snapshot: GraphSnapshot, operation: str) -> float:
    """About how many multiplications an operation makes in one inference; 0 if it does not multiply and accumulate."""
    record = snapshot[operation]
    if record.type not in MAC_OPERATIONS:
        return 0.0
    return count_multiplications(snapshot, record)


def list_operations(units: Iterable[Unit]) -> tuple[str, ...]:
    """The operations of units, each once."""
    return tuple(dict.fromkeys(operation for unit in units for operation in unit.operations))


def sum_work(units: Iterable[Unit]) -> float:
    """About how many multiplications units do in one inference."""
    return math.fsum(unit.work for unit in units)


def switch_off(choice: Choice, units: Sequence[Unit]) -> Choice:
    """The choice with all quantizers of ``units`` in float."""
    return {**choice, **dict.fromkeys((name for unit in units for name in unit.quantizers), IN_FLOAT)}


def _is_read_by_convolution(snapshot: GraphSnapshot, weights: PlannedQuantizer) -> bool:
    readers = [snapshot[reader.node] for reader in weights.readers if reader.node in snapshot]
    return any(reader.type in ALL_CONVOLUTIONS for reader in readers)
