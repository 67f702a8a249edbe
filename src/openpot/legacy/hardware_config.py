"""POT's ``HardwareConfig``: a hardware table as a list of dicts, and the reader of POT's own table files."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from openpot.attribute_dict import AttributeDict
from openpot.config.hardware import HardwareOperation, load_hardware_table
from openpot.config.quantizer import QuantizerConfig
from openpot.errors import ConfigError, MissingFileError
from openpot.typing_aliases import StrPath

KINDS = ("activations", "weights", "outputs")


class HardwareConfig(list[Any]):
    """A table as a list: ``{target_device}``, ``{primary_bitwidth, input_priority_types}``, one entry per operation.

    An operation's entry has ``type``, ``quantization`` (``{kind: [quantizer, ...]}``, the preferred one first) and
    maybe ``attributes``.
    """

    def get(self, op_type: str, attr: Mapping[str, Any]) -> AttributeDict | None:
        """The entry of an operation type whose own keys do not contradict ``attr``, or None.

        Raises:
            ConfigError: several entries fit.
        """
        entries = [entry for entry in self if entry.get("type") == op_type and _agrees(entry, attr)]
        if len(entries) > 1:
            raise ConfigError(f"{len(entries)} hardware entries fit {op_type!r} with {dict(attr)}: say more attributes")
        return entries[0] if entries else None

    @classmethod
    def from_json(cls, path: StrPath, target_device: str | None = None) -> HardwareConfig:
        """Read a table file of POT's format, with named quantizers under ``config.quantization``.

        Raises:
            MissingFileError: there is no such file.
            ConfigError: the file is not JSON.
        """
        if not Path(path).is_file():
            raise MissingFileError(f"there is no hardware table {path}")
        try:
            content = json.loads(Path(path).read_text(encoding="utf-8"))
        except ValueError as error:
            raise ConfigError(f"the hardware table {path} is not valid JSON: {error}") from error
        named = content.get("config", {}).get("quantization", {})
        operations = [_read_operation(entry, named) for entry in content.get("operations", [])]
        return cls._from_parts(
            target_device or content["target_device"],
            content.get("primary_bitwidth", 8),
            content.get("input_priority_types", []),
            operations,
        )

    @classmethod
    def _from_parts(
        cls, device: str, bits: int, priority: list[str], operations: list[dict[str, Any]]
    ) -> HardwareConfig:
        head: list[dict[str, Any]] = [{"target_device": device}, {"primary_bitwidth": bits}]
        head[1]["input_priority_types"] = priority
        return cls(AttributeDict(entry) for entry in [*head, *operations])


def load_hardware_config(config: Mapping[str, Any]) -> HardwareConfig:
    """The table of ``config['target_device']``; None or a missing key stands for ``ANY``.

    Raises:
        UnknownNameError: (a ValueError) there is no such device.
    """
    table = load_hardware_table(config.get("target_device"))
    return HardwareConfig._from_parts(
        table.target_device,
        table.primary_bitwidth,
        sorted(table.input_priority_types),
        [_operation_entry(operation) for operation in table.operations],
    )


def _operation_entry(operation: HardwareOperation) -> dict[str, Any]:
    lists = {kind: [_quantizer_entry(choice) for choice in operation.list_allowed(kind)] for kind in KINDS}
    entry: dict[str, Any] = {"type": operation.type}
    if any(lists.values()):
        entry["quantization"] = {kind: choices for kind, choices in lists.items() if choices}
    if operation.unified_scales:
        entry["attributes"] = {"unified_scales": operation.unified_scales}
    return entry


def _quantizer_entry(quantizer: QuantizerConfig) -> dict[str, Any]:
    entry = {"bits": quantizer.num_bits, "mode": str(quantizer.mode), "granularity": quantizer.granularity.key}
    levels = {"level_low": quantizer.level_low, "level_high": quantizer.level_high}
    return entry | {name: level for name, level in levels.items() if level is not None}


def _read_operation(entry: Mapping[str, Any], named: Mapping[str, Any]) -> dict[str, Any]:
    quantization = {
        kind: [combination for choice in _to_list(choices) for combination in _combinations(choice, named)]
        for kind, choices in entry.get("quantization", {}).items()
    }
    return {**entry, "quantization": quantization} if quantization else dict(entry)


def _combinations(choice: str | Mapping[str, Any], named: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every combination of the listed values of a quantizer, given by name or in full."""
    values = named[choice] if isinstance(choice, str) else choice
    for combination in itertools.product(*(_to_list(value) for value in values.values())):
        yield dict(zip(values, combination, strict=True))


def _to_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _agrees(entry: Mapping[str, Any], attributes: Mapping[str, Any]) -> bool:
    return all(value in _to_list(entry[name]) for name, value in attributes.items() if name in entry)
