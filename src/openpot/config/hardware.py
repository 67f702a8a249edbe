"""What each target device can run in low precision: one JSON table per device family, read into frozen records.

The tables list, per operation type, the quantizers it takes on activations, weights and outputs, the preferred one
first; the operations that only move or select values (``agnostic``: a quantizer commutes with them); and those whose
quantized inputs must share their limits (``unified_scales``).
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import resources
from typing import Any

from openpot.config.quantizer import QuantizerConfig
from openpot.config.target_devices import find_target_device
from openpot.scheme import QuantizationMode, parse_granularity

ALL_INPUTS = "all"
"""``unified_scales`` of an operation all of whose inputs must share their limits."""


@dataclass(frozen=True)
class HardwareOperation:
    """The quantizers that one operation type takes; an empty tuple means none of that kind.

    ``unified_scales`` holds groups of input ports that share their limits, or ``"all"``, or nothing.
    """

    type: str
    activations: tuple[QuantizerConfig, ...] = ()
    weights: tuple[QuantizerConfig, ...] = ()
    outputs: tuple[QuantizerConfig, ...] = ()
    unified_scales: str | tuple[tuple[int, ...], ...] = ()

    def list_allowed(self, kind: str) -> tuple[QuantizerConfig, ...]:
        """The quantizers of ``weights``, ``activations`` or ``outputs``."""
        return {"weights": self.weights, "activations": self.activations, "outputs": self.outputs}[kind]


@dataclass(frozen=True)
class HardwareTable:
    """What a target device runs in low precision; operation types are compared without regard to case."""

    target_device: str
    primary_bitwidth: int
    operations: tuple[HardwareOperation, ...]
    agnostic: tuple[str, ...]
    input_priority_types: frozenset[str] = field(default=frozenset())

    @cached_property
    def _by_type(self) -> dict[str, HardwareOperation]:
        return {operation.type.lower(): operation for operation in self.operations}

    @cached_property
    def _agnostic(self) -> frozenset[str]:
        return frozenset(name.lower() for name in self.agnostic)

    def find(self, operation_type: str) -> HardwareOperation | None:
        """The entry of an operation type, agnostic ones included, or None."""
        return self._by_type.get(operation_type.lower())

    def is_agnostic(self, operation_type: str) -> bool:
        """Whether a quantizer may be moved over this operation."""
        return operation_type.lower() in self._agnostic

    def find_quantizable(self, operation_type: str) -> HardwareOperation | None:
        """The entry of an operation that takes quantizers of its own, or None."""
        return None if self.is_agnostic(operation_type) else self.find(operation_type)


def load_hardware_table(target_device: str | None = None) -> HardwareTable:
    """The table of a target device; None stands for ``ANY``.

    Raises:
        UnknownNameError: There is no such device.
    """
    device = find_target_device(target_device)
    return _read_table(device.table, device.name)


@cache
def _read_table(name: str, target_device: str) -> HardwareTable:
    text = resources.files("openpot.config").joinpath("hardware", f"{name}.json").read_text("utf-8")
    return table_from_dict(json.loads(text), target_device)


def table_from_dict(data: Mapping[str, Any], target_device: str | None = None) -> HardwareTable:
    """A table from the content of its JSON file; lists of values expand to all combinations, in order."""
    named = {name: _expand(entry) for name, entry in data["quantizers"].items()}
    unified = {name: _parse_ports(value) for name, value in data.get("unified_scales", {}).items()}
    operations = [
        HardwareOperation(
            type=name,
            activations=_collect(entry.get("activations", ()), named),
            weights=_collect(entry.get("weights", ()), named),
            outputs=_collect(entry.get("outputs", ()), named),
            unified_scales=unified.get(name, ()),
        )
        for entry in data["operations"]
        for name in entry["types"]
    ]
    agnostic = tuple(data["agnostic"])
    operations += [HardwareOperation(name, unified_scales=unified.get(name, ())) for name in agnostic]
    return HardwareTable(
        target_device=target_device or data["target_device"],
        primary_bitwidth=data["primary_bitwidth"],
        operations=tuple(operations),
        agnostic=agnostic,
        input_priority_types=frozenset(data["input_priority_types"]),
    )


def _parse_ports(value: str | Sequence[Sequence[int]]) -> str | tuple[tuple[int, ...], ...]:
    return value if isinstance(value, str) else tuple(tuple(group) for group in value)


def _collect(names: Sequence[str], named: Mapping[str, tuple[QuantizerConfig, ...]]) -> tuple[QuantizerConfig, ...]:
    return tuple(config for name in names for config in named[name])


def _expand(entry: Mapping[str, Any]) -> tuple[QuantizerConfig, ...]:
    """Every combination of the listed values; the last key varies fastest."""
    choices = [value if isinstance(value, list) else [value] for value in entry.values()]
    return tuple(_parse_config(dict(zip(entry, values, strict=True))) for values in itertools.product(*choices))


def _parse_config(values: Mapping[str, Any]) -> QuantizerConfig:
    level_low = values.get("level_low")
    return QuantizerConfig(
        num_bits=values["bits"],
        mode=QuantizationMode(values["mode"]),
        granularity=parse_granularity(values["granularity"]),
        level_low=level_low,
        level_high=values.get("level_high"),
        unified_zeropoint=values.get("unified_zeropoint", False),
        signed=True if level_low is not None and level_low < 0 else None,
    )
