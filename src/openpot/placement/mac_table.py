"""The part of a hardware table that is about multiplying and accumulating, without what would not run in INT8."""

from __future__ import annotations

from dataclasses import replace

from openpot.config.hardware import ALL_INPUTS, HardwareOperation, HardwareTable
from openpot.config.quantizer import QuantizerConfig
from openpot.graph.operation_kinds import MAC_OPERATIONS
from openpot.placement.table_entry import DEPTHWISE, PRODUCT_OF_ACTIVATIONS
from openpot.scheme import QuantizationMode

_CPU = frozenset({"ANY", "CPU", "CPU_SPR"})
_SYMMETRIC_WEIGHTS = _CPU | {"GPU"}
_ENTRIES = MAC_OPERATIONS | {DEPTHWISE}


def mac_table(table: HardwareTable) -> HardwareTable:
    """Entries for multiply-accumulate operations alone.

    On CPU and GPU weights keep their symmetric entries: with a zero point the whole operation runs in float. On the CPU
    the same is true of the activations of transposed convolutions and of products of activations.
    """
    operations = [_without_zero_points(entry, table) for entry in table.operations if entry.type in _ENTRIES]
    products = [_product(entry, table) for entry in operations if entry.type == "MatMul"]
    joins = [HardwareOperation("Concat", unified_scales=ALL_INPUTS)]
    return replace(table, operations=(*operations, *products, *joins), agnostic=("Concat",))


def _without_zero_points(entry: HardwareOperation, table: HardwareTable) -> HardwareOperation:
    if table.target_device in _SYMMETRIC_WEIGHTS:
        entry = replace(entry, weights=_symmetric(entry.weights))
    if table.target_device in _CPU and entry.type == "ConvolutionBackpropData":
        entry = replace(entry, activations=_symmetric(entry.activations))
    return replace(entry, outputs=())


def _product(entry: HardwareOperation, table: HardwareTable) -> HardwareOperation:
    activations = _symmetric(entry.activations) if table.target_device in _CPU else entry.activations
    return replace(entry, type=PRODUCT_OF_ACTIVATIONS, activations=activations, weights=())


def _symmetric(configs: tuple[QuantizerConfig, ...]) -> tuple[QuantizerConfig, ...]:
    return tuple(config for config in configs if config.mode == QuantizationMode.SYMMETRIC)
