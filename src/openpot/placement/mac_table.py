"""The part of a hardware table that openpot's own placement uses: MAC operations as the device runs them in INT8."""

from __future__ import annotations

from dataclasses import replace

from openpot.config.hardware import ALL_INPUTS, HardwareOperation, HardwareTable
from openpot.config.quantizer import QuantizerConfig
from openpot.config.target_devices import TargetDevice
from openpot.graph.operation_kinds import MAC_OPERATIONS
from openpot.placement.table_entry import DEPTHWISE, PRODUCT_OF_ACTIVATIONS
from openpot.scheme import QuantizationMode

_ENTRIES = MAC_OPERATIONS | {DEPTHWISE}


def build_mac_table(table: HardwareTable, device: TargetDevice) -> HardwareTable:
    """Entries of operations that multiply and accumulate, without zero points that would make them run in float."""
    operations = [replace(entry, outputs=()) for entry in table.operations if entry.type in _ENTRIES]
    products = [replace(entry, type=PRODUCT_OF_ACTIVATIONS) for entry in operations if entry.type == "MatMul"]
    operations = [_remove_zero_points(entry, device) for entry in operations]
    products = [replace(_remove_zero_points(entry, device), weights=()) for entry in products]
    joins = [HardwareOperation("Concat", unified_scales=ALL_INPUTS)]
    return replace(table, operations=(*operations, *products, *joins), agnostic=("Concat",))


def _remove_zero_points(entry: HardwareOperation, device: TargetDevice) -> HardwareOperation:
    if device.needs_symmetric_weights:
        entry = replace(entry, weights=_keep_symmetric(entry.weights))
    if entry.type in device.needs_symmetric_activations:
        entry = replace(entry, activations=_keep_symmetric(entry.activations))
    return entry


def _keep_symmetric(configs: tuple[QuantizerConfig, ...]) -> tuple[QuantizerConfig, ...]:
    return tuple(config for config in configs if config.mode == QuantizationMode.SYMMETRIC)
