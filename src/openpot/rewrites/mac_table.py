"""The part of a hardware table that is about multiplying and accumulating, without what would not run in INT8."""

from __future__ import annotations

from dataclasses import replace

from openpot.config.hardware import ALL_INPUTS, HardwareOperation, HardwareTable
from openpot.config.quantizer import QuantizerConfig
from openpot.rewrites.operation_types import DEPTHWISE, MAC_OPERATIONS, PRODUCT_OF_ACTIVATIONS
from openpot.scheme import QuantizationMode

_CPU = frozenset({"ANY", "CPU", "CPU_SPR"})
_ENTRIES = MAC_OPERATIONS | {DEPTHWISE}


def mac_table(table: HardwareTable) -> HardwareTable:
    """Entries for multiply-accumulate operations alone.

    Weights keep their symmetric entries (with a zero point the CPU runs the whole operation in float), and so do
    activations of transposed convolutions on the CPU and of products of activations.
    """
    operations = [_without_zero_points(entry, table) for entry in table.operations if entry.type in _ENTRIES]
    products = [
        replace(entry, type=PRODUCT_OF_ACTIVATIONS, activations=_symmetric(entry.activations), weights=())
        for entry in operations
        if entry.type == "MatMul"
    ]
    joins = [HardwareOperation("Concat", unified_scales=ALL_INPUTS)]
    return replace(table, operations=(*operations, *products, *joins), agnostic=("Concat",))


def _without_zero_points(entry: HardwareOperation, table: HardwareTable) -> HardwareOperation:
    entry = replace(entry, weights=_symmetric(entry.weights), outputs=())
    if entry.type == "ConvolutionBackpropData" and table.target_device in _CPU:
        return replace(entry, activations=_symmetric(entry.activations))
    return entry


def _symmetric(configs: tuple[QuantizerConfig, ...]) -> tuple[QuantizerConfig, ...]:
    """The symmetric entries, or all where there are none."""
    return tuple(config for config in configs if config.mode == QuantizationMode.SYMMETRIC) or configs
