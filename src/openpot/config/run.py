"""A whole configuration file: its three sections and the parameters of each algorithm, validated in one go."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from openpot.config.algorithms import AlgorithmConfig
from openpot.config.compression_section import CompressionSectionConfig
from openpot.config.engine_section import (
    ENGINE_TYPES,
    EngineSectionConfig,
    OpenPotEngineConfig,
    find_engine_type,
)
from openpot.config.faults import Fault, check_section, refuse
from openpot.config.legacy import REMOVED_ALGORITHMS, REMOVED_SECTIONS, translate_command_line_preset
from openpot.config.model_section import ModelSectionConfig
from openpot.config.parse import drop_foreign_keys, to_plain_parameters
from openpot.config.paths import CHECK_PATHS
from openpot.errors import suggest_nearest_name

SECTIONS = ("model", "engine", "compression")


@dataclass(frozen=True)
class KnownNames:
    """What a configuration may name; what is not here does not exist.

    Attributes:
        algorithms: the class of each algorithm's parameters; None for one that checks them itself.
        metrics: the parameters of each ready-made metric.
    """

    algorithms: Mapping[str, type[AlgorithmConfig] | None]
    metrics: Mapping[str, Collection[str]] = field(default_factory=dict)

    @property
    def checked_algorithms(self) -> dict[str, type[AlgorithmConfig]]:
        """The algorithms whose parameters are checked here."""
        return {name: config for name, config in self.algorithms.items() if config is not None}


@dataclass(frozen=True)
class AlgorithmStep:
    """One algorithm of a run.

    Attributes:
        name: as the file has it, perhaps with the name of a registry.
        params: its complete parameters as they were given.
        config: the same, validated; None for an algorithm that checks its parameters itself.
    """

    name: str
    params: Mapping[str, Any]
    config: AlgorithmConfig | None = None

    @property
    def bare_name(self) -> str:
        """The name without that of a registry."""
        return strip_registry(self.name)


@dataclass(frozen=True)
class RunConfig:
    """A valid configuration.

    Attributes:
        model: what is quantized.
        engine: what it runs on, with its data and metrics.
        compression: the target, and the algorithms as they were stated.
        algorithms: the algorithms in their order, with their parameters.
        stated: the whole configuration as it was given.
    """

    model: ModelSectionConfig
    engine: EngineSectionConfig
    compression: CompressionSectionConfig
    algorithms: tuple[AlgorithmStep, ...]
    stated: Mapping[str, Any]

    @property
    def algorithm_names(self) -> tuple[str, ...]:
        """The names of the algorithms in their order, without a registry."""
        return tuple(step.bare_name for step in self.algorithms)


def parse_run(
    content: Mapping[str, Any], known: KnownNames, check_paths: bool = False, other_faults: Sequence[Fault] = ()
) -> RunConfig:
    """The configuration that a file holds.

    Args:
        content: its content.
        known: what may be named.
        check_paths: whether the files that are named have to exist.
        other_faults: what was found wrong with the file before; refused with the rest.

    Raises:
        UnknownNameError: a key, an algorithm or a metric does not exist; all faults are listed.
        ConfigError: a value is not possible; all faults are listed.

    Warns:
        OpenPotWarning: parameters of other algorithms are left out.
    """
    plain = to_plain_parameters(content)
    context = CHECK_PATHS if check_paths else {}
    model, in_model = _parse_section(plain, "model", ModelSectionConfig, context)
    engine, in_engine = _parse_engine(plain, known, context)
    compression, in_compression = _parse_section(plain, "compression", CompressionSectionConfig, context)
    algorithms, in_algorithms = _parse_algorithms(plain, compression, known)
    faults = [*find_unknown_sections(content), *in_model, *in_engine, *in_compression, *in_algorithms, *other_faults]
    refuse(sorted(faults, key=_place_of_section))
    assert model and engine and compression  # noqa: S101 - there were no faults
    return RunConfig(model, engine, compression, tuple(algorithms), plain)


def _place_of_section(fault: Fault) -> int:
    section = fault.line.split(":")[0].split(".")[0]
    return SECTIONS.index(section) if section in SECTIONS else -1


def strip_registry(name: str) -> str:
    """An algorithm's name without that of its registry."""
    return name.rpartition(".")[2]


def find_unknown_sections(names: Iterable[str]) -> list[Fault]:
    """One fault for each name that is no section, with what takes its place."""
    hints = {name: REMOVED_SECTIONS.get(name) or suggest_nearest_name(name, SECTIONS) for name in names}
    return [
        Fault(f"{name}: there is no such section; {hint}", True) for name, hint in hints.items() if name not in SECTIONS
    ]


def _parse_section(
    content: Mapping[str, Any], name: str, model: type[Any], context: Mapping[str, Any]
) -> tuple[Any, tuple[Fault, ...]]:
    if name not in content:
        return None, (Fault(f"{name}: this section is needed"),)
    if not isinstance(content[name], Mapping):
        return None, (Fault(f"{name}: expected keys and values, got {content[name]!r}"),)
    return check_section(name, content[name], model, context)


def _parse_engine(
    content: Mapping[str, Any], known: KnownNames, context: Mapping[str, Any]
) -> tuple[EngineSectionConfig | None, list[Fault]]:
    section = content.get("engine")
    kind = find_engine_type(section) if isinstance(section, Mapping) else "accuracy_checker"
    if kind not in ENGINE_TYPES:
        hint = suggest_nearest_name(kind, ENGINE_TYPES)
        return None, [Fault(f"engine.type: there is no engine type {kind!r}; {hint}", True)]
    engine, faults = _parse_section(content, "engine", ENGINE_TYPES[kind], context)
    extra = _find_metric_faults(engine, known) if isinstance(engine, OpenPotEngineConfig) else ()
    return engine, [*faults, *extra]


def _find_metric_faults(engine: OpenPotEngineConfig, known: KnownNames) -> Iterable[Fault]:
    for position, metric in enumerate(engine.metrics):
        path = f"engine.metrics[{position}]"
        if metric.callable is not None:
            continue
        valid = known.metrics.get(metric.name or "")
        if valid is None:
            hint = suggest_nearest_name(str(metric.name), known.metrics)
            yield Fault(f"{path}.name: there is no metric {metric.name!r}; {hint}", True)
            continue
        for key in metric.parameters:
            if key not in valid:
                hint = suggest_nearest_name(key, (*valid, "name", "callable"))
                yield Fault(f"{path}.{key}: there is no such key; {hint}", True)


def _parse_algorithms(
    content: Mapping[str, Any], compression: CompressionSectionConfig | None, known: KnownNames
) -> tuple[list[AlgorithmStep], list[Fault]]:
    """The algorithms with complete parameters; they are checked even where the rest of the section is wrong."""
    section = content.get("compression")
    entries = section.get("algorithms") if isinstance(section, Mapping) else None
    shared = compression.collect_shared_parameters() if compression is not None else {}
    steps: list[AlgorithmStep] = []
    faults: list[Fault] = []
    for position, entry in enumerate(entries if isinstance(entries, list) else []):
        path = f"compression.algorithms[{position}]"
        if not isinstance(entry, Mapping) or not isinstance(entry.get("name"), str):
            continue  # the section itself says so
        params = entry.get("params", {})
        if isinstance(params, Mapping):
            complete = _add_preset({**shared, **params})
            step, step_faults = _parse_step(path, entry["name"], complete, known)
            steps += [] if step is None else [step]
            faults += step_faults
    return steps, faults


def find_algorithm_faults(content: Mapping[str, Any], known: KnownNames) -> list[Fault]:
    """What is wrong in ``compression.algorithms`` of a configuration with plain dicts and lists."""
    return _parse_algorithms(to_plain_parameters(content), None, known)[1]


def _add_preset(params: dict[str, Any]) -> dict[str, Any]:
    if "preset" in params:
        params["preset"] = translate_command_line_preset(params["preset"], str(params.get("target_device", "ANY")))
    return params


def _parse_step(
    path: str, name: str, params: dict[str, Any], known: KnownNames
) -> tuple[AlgorithmStep | None, tuple[Fault, ...]]:
    short = strip_registry(name)
    if short not in known.algorithms and short in REMOVED_ALGORITHMS:
        return None, (
            Fault(f"{path}.name: POT gave up the algorithm {short!r}; use {REMOVED_ALGORITHMS[short]}", True),
        )
    if short not in known.algorithms:
        hint = suggest_nearest_name(short, known.algorithms)
        return None, (Fault(f"{path}.name: there is no algorithm {name!r}; {hint}", True),)
    config_class = known.algorithms[short]
    if config_class is None:
        return AlgorithmStep(name, params), ()
    params = drop_foreign_keys(f"{path}.params", params, config_class, known.checked_algorithms)
    config, faults = check_section(f"{path}.params", params, config_class)
    return AlgorithmStep(name, params, config), faults
