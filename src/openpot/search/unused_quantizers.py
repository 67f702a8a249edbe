"""Quantizers that buy no INT8 kernel: what they serve is executed in float all the same, so it is left in float.

Which operations a device has INT8 kernels for depends on shapes, neighbours and the processor, and no plan knows all of
that. The executed graph of the result does.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from openpot.graph.operation_kinds import ALL_CONVOLUTIONS, MAC_OPERATIONS
from openpot.graph.snapshot import GraphSnapshot
from openpot.measure.executed_graph import Arithmetic, ExecutedGraph
from openpot.placement.plan import PlannedQuantizer, QuantizerKind
from openpot.search.quantized_variant import QuantizedVariant, make_saved_form
from openpot.search.units import Unit, find_units, list_operations

if TYPE_CHECKING:
    from openpot.graph.types import Model

logger = logging.getLogger(__name__)

ROUNDS = 3
"""Operations beside those that were reverted may lose their INT8 kernels too: the graph is read so often at most."""
NO_KERNEL = "stays in float: the device has no INT8 kernel for it here"


def remove_unused_quantizers(
    variant: QuantizedVariant, read_executed: Callable[[Model], ExecutedGraph]
) -> QuantizedVariant:
    """Revert to float what the device executes in float although it was quantized.

    Args:
        variant: a single model; not changed.
        read_executed: what the device that the model is for runs for each operation of a model as it is saved.

    Raises:
        ModelError: the device cannot compile the model.
    """
    for _ in range(ROUNDS):
        unused = _find_unused(variant, read_executed(make_saved_form(variant.model)))
        if not unused:
            break
        operations = list_operations(unused)
        logger.info("no INT8 kernel: %s", ", ".join(operations))
        min_max = variant.record_with_reverted(unused).revert_to_float(dict.fromkeys(operations, NO_KERNEL), ())
        variant = replace(variant, model=variant.copy_with_reverted(unused), min_max=min_max)
    return variant


def _find_unused(variant: QuantizedVariant, executed: ExecutedGraph) -> list[Unit]:
    """Units none of whose products is executed in INT8; those that the graph does not name count as used.

    A convolution in float that shares its quantizers with one in INT8 loses those of its weights: they only add
    error, and several streams that unpack integer weights at the same time compute such convolutions wrongly. Weights
    of matrix products are stored as integers for their size alone, and stay, unless the device unpacks them in every
    inference: that goes wrong in the same way.
    """
    before, after = variant.reference.snapshot(), variant.model.snapshot()
    planned = [record.planned for record in variant.min_max.quantizers if record.name in after]
    units = find_units(before, after, planned, variant.target_device, provenance=variant.model.provenance)
    unused = [unit for unit in units if _is_in_float(unit, before, executed)]
    reverted = {name for unit in unused for name in unit.quantizers}
    weights = [
        Unit((quantizer.name,), tuple(reader.node for reader in quantizer.readers), 1.0)
        for quantizer in planned
        if quantizer.kind == QuantizerKind.WEIGHTS
        and quantizer.name not in reverted
        and (_is_of_convolutions(quantizer, before) or _is_unpacked(quantizer, executed))
    ]
    return unused + [unit for unit in weights if _is_in_float(unit, before, executed)]


def _is_of_convolutions(quantizer: PlannedQuantizer, snapshot: GraphSnapshot) -> bool:
    return all(
        reader.node in snapshot and snapshot[reader.node].type in ALL_CONVOLUTIONS for reader in quantizer.readers
    )


def _is_unpacked(quantizer: PlannedQuantizer, executed: ExecutedGraph) -> bool:
    """Whether weights become floats by nodes of their own, not within the product and not when it is compiled."""
    unpacking = executed.get(quantizer.name)
    products = {executed[reader.node].node for reader in quantizer.readers if reader.node in executed}
    return unpacking is not None and unpacking.node not in products


def _is_in_float(unit: Unit, snapshot: GraphSnapshot, executed: ExecutedGraph) -> bool:
    products = [name for name in unit.operations if snapshot[name].type in MAC_OPERATIONS]
    kinds = {executed[name].arithmetic if name in executed else Arithmetic.INT8 for name in products}
    return bool(kinds) and Arithmetic.INT8 not in kinds
