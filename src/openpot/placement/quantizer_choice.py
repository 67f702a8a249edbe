"""Chooses the configuration of each quantizer by what its operations take, the preset and the user's options."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from openpot.config.hardware import HardwareOperation, HardwareTable
from openpot.config.presets import Preset
from openpot.config.quantizer import QuantizerConfig
from openpot.config.quantizer_override import QuantizerOverrideConfig
from openpot.errors import ConfigError
from openpot.graph.snapshot import NodeRecord
from openpot.placement.placement_request import PlacementRequest
from openpot.placement.plan import QuantizerKind
from openpot.placement.quantizer_graph import QuantizerGraph
from openpot.placement.quantizer_override import choose_entries
from openpot.placement.table_entry import find_table_entry
from openpot.scheme import PerChannel, PerTensor, QuantizationMode

Choices = tuple[QuantizerConfig, ...]


@dataclass(frozen=True)
class ChoiceRules:
    """What the choice depends on: the request, the table, and which operations only move values."""

    request: PlacementRequest
    table: HardwareTable
    is_agnostic: Callable[[NodeRecord], bool]


@dataclass(frozen=True)
class ChosenConfigs:
    """Key of a quantizer -> configuration, and warnings about options that the table does not list."""

    configs: dict[str, QuantizerConfig]
    warnings: tuple[str, ...]


def choose_configs(graph: QuantizerGraph, rules: ChoiceRules, groups: Sequence[Sequence[str]] = ()) -> ChosenConfigs:
    """One configuration for every quantizer.

    Args:
        graph: The draft with all quantizers in place.
        rules: Request, table and agnostic operations.
        groups: Keys of quantizers that must share their limits, so also their configuration; they get one pair of
            limits for the tensor.

    Raises:
        ConfigError: The operations that share a quantizer take nothing in common.
    """
    warnings: dict[str, None] = {}
    allowed = {key: _find_allowed(graph, key, rules, warnings) for key in graph.quantizers}
    preset = rules.request.preset
    configs = {key: choose_by_preset(preset, graph.quantizers[key].kind, allowed[key]) for key in graph.quantizers}
    for group in groups:
        shared = _intersect_group(graph, group, allowed, rules.table.primary_bitwidth)
        for key in group:
            configs[key] = choose_by_preset(preset, graph.quantizers[key].kind, shared)
    return ChosenConfigs(configs, tuple(warnings))


def choose_by_preset(preset: Preset, kind: QuantizerKind, choices: Choices) -> QuantizerConfig:
    """The first entry for ``performance``, the last for ``accuracy``; ``mixed`` takes the last for activations only."""
    is_weights = kind == QuantizerKind.WEIGHTS
    last = preset.has_asymmetric_weights if is_weights else preset.has_asymmetric_activations
    return choices[-1] if last else choices[0]


def find_served_operations(graph: QuantizerGraph, key: str, is_agnostic: Callable[[NodeRecord], bool]) -> list[str]:
    """The operations that a quantizer serves, directly or through agnostic ones; nearest first."""
    operations: dict[str, None] = {}
    seen: set[str] = set()
    pending = deque([key])
    while pending:
        for name in sorted(set(graph.consumers(pending.popleft()))):
            if name in graph.quantizers or name in seen:
                continue
            seen.add(name)
            if is_agnostic(graph.record(name)):
                pending.append(name)
            else:
                operations[name] = None
    return list(operations)


def intersect(left: Choices, right: Choices, primary_bitwidth: int | None = None) -> Choices:
    """Entries that both sides have by mode and granularity, in the order of ``left``.

    Of two widths the primary one is taken, else the smaller. If nothing is common, each side is tried again together
    with what can replace its entries: one pair of limits instead of many, symmetric instead of asymmetric.
    """
    return _intersect_entries(left, right, primary_bitwidth) or _intersect_entries(_extend(left), _extend(right), None)


def _find_allowed(graph: QuantizerGraph, key: str, rules: ChoiceRules, warnings: dict[str, None]) -> Choices:
    """The configurations that suit all operations that a quantizer serves."""
    quantizer = graph.quantizers[key]
    override = rules.request.overrides[quantizer.kind]
    result: Choices = ()
    for entry in _find_entries(graph, key, rules):
        entries = entry.list_allowed(quantizer.kind)
        if not entries:
            continue
        choices, agreed = choose_entries(override, entries)
        if not agreed:
            device = rules.table.target_device
            warnings[
                f"{quantizer.kind} as configured ({_describe(override)}) are not in the table of {device} for "
                f"{entry.type}: quantized as configured, but the device may run the operation in float"
            ] = None
        result = intersect(result, choices, rules.table.primary_bitwidth) if result else choices
        if not result:
            raise ConfigError(
                f"quantizer {quantizer.name!r} serves operations that take nothing in common; leave one of them out "
                "with the ignored scope, or give fewer options for its kind"
            )
    return result or choose_entries(override, (QuantizerConfig(),))[0]


def _find_entries(graph: QuantizerGraph, key: str, rules: ChoiceRules) -> list[HardwareOperation]:
    if graph.quantizers[key].kind == QuantizerKind.OUTPUTS:
        names = [graph.quantized_tensor(key).node]
    else:
        names = find_served_operations(graph, key, rules.is_agnostic)
    entries = (find_table_entry(rules.table, graph.snapshot, graph.record(name)) for name in names)
    return [entry for entry in entries if entry is not None]


def _intersect_group(
    graph: QuantizerGraph, group: Iterable[str], allowed: dict[str, Choices], primary_bitwidth: int
) -> Choices:
    result: Choices = ()
    for key in group:
        flat = tuple(config for config in allowed[key] if isinstance(config.granularity, PerTensor))
        flat = flat or tuple(replace(config, granularity=PerTensor()) for config in allowed[key])
        result = intersect(result, flat, primary_bitwidth) if result else flat
    if not result:
        names = ", ".join(graph.quantizers[key].name for key in group)
        raise ConfigError(f"quantizers {names} must share their limits but take nothing in common")
    return result


def _intersect_entries(left: Choices, right: Choices, primary_bitwidth: int | None) -> Choices:
    shared: list[QuantizerConfig] = []
    start = 0
    for config in left:
        for place in range(start, len(right)):
            other = right[place]
            if (config.mode, config.granularity) == (other.mode, other.granularity):
                shared.append(_choose_narrower(config, other, primary_bitwidth))
                start = place
                break
    return tuple(shared)


def _choose_narrower(left: QuantizerConfig, right: QuantizerConfig, primary_bitwidth: int | None) -> QuantizerConfig:
    for config in (left, right):
        if primary_bitwidth is not None and config.num_bits == primary_bitwidth:
            return config
    return left if left.num_bits <= right.num_bits else right


def _extend(choices: Choices) -> Choices:
    """The entries and, before each, what can replace it."""
    result: list[QuantizerConfig] = []
    for config in reversed(choices):
        variants = [config]
        if isinstance(config.granularity, PerChannel):
            variants.append(replace(config, granularity=PerTensor()))
        if config.mode == QuantizationMode.ASYMMETRIC:
            variants += [replace(variant, mode=QuantizationMode.SYMMETRIC) for variant in tuple(variants)]
        for variant in variants:
            if variant not in result:
                result.insert(0, variant)
    return tuple(result)


def _describe(override: QuantizerOverrideConfig) -> str:
    return ", ".join(f"{name} {value}" for name, value in override.list_stated().items())
