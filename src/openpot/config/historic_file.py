"""Configuration files of POT's time: brought into the form that is parsed, without the keys that POT passed over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from openpot.config.compression_section import AlgorithmEntry, CompressionSectionConfig
from openpot.config.engine_section import ENGINE_TYPES, OpenPotEngineConfig, find_engine_type
from openpot.config.error_lines import format_misplaced_key
from openpot.config.faults import Fault
from openpot.config.legacy import translate_parameters
from openpot.config.model_section import ModelSectionConfig
from openpot.config.parse import to_plain_parameters
from openpot.config.passed_over import drop_unknown_keys, warn_of_passed_over
from openpot.config.run import SECTIONS, KnownNames, RunConfig, find_unknown_sections, parse_run, strip_registry
from openpot.errors import ConfigError


def parse_historic_run(content: Mapping[str, Any], known: KnownNames, strict: bool = False) -> RunConfig:
    """The configuration that a file of POT's time holds; the files that it names have to exist.

    Args:
        content: the content of the file.
        known: what may be named.
        strict: refuse what POT passed over.

    Raises:
        UnknownNameError: a key, an algorithm or a metric does not exist; all faults are listed, and what is passed over
            otherwise is among them.
        ConfigError: a value is not possible; likewise.

    Warns:
        OpenPotWarning: a key is passed over.
    """
    current = translate_form(content)
    kept, passed_over = drop_passed_over(current, known)
    try:
        run = parse_run(kept, known, check_paths=True, other_faults=passed_over if strict else ())
    except ConfigError:
        # A misspelt key may be why another one is missing.
        return parse_run(kept, known, check_paths=True, other_faults=passed_over)
    warn_of_passed_over(passed_over)
    return run


def translate_form(content: Mapping[str, Any]) -> dict[str, Any]:
    """What a file holds, with POT's spellings replaced; no ``algorithms``, or empty ones, are an empty list."""
    plain: dict[str, Any] = to_plain_parameters(content)
    compression = plain.setdefault("compression", {})
    if isinstance(compression, dict):
        compression["algorithms"] = [_translate_entry(entry) for entry in compression.get("algorithms") or []]
    return plain


def drop_passed_over(content: Mapping[str, Any], known: KnownNames) -> tuple[dict[str, Any], list[Fault]]:
    """``content`` without the keys that POT passed over, and one fault for each of them.

    These are unknown keys in the sections and beside ``name`` and ``params`` of an algorithm. The parameters of
    algorithms stay as they are, since POT refused unknown ones in files; so does the engine type ``openpot``, which POT
    did not have.

    Args:
        content: a whole configuration in its present form (:func:`translate_form`).
        known: what may be named.
    """
    kept = {name: section for name, section in content.items() if name in SECTIONS}
    faults = find_unknown_sections(content)
    for name, model in _list_section_models(kept):
        if isinstance(kept.get(name), Mapping):
            kept[name], unknown = drop_unknown_keys(name, kept[name], model)
            faults += unknown
    if isinstance(kept.get("compression"), Mapping):
        kept["compression"], misplaced = _drop_misplaced_keys(kept["compression"], known)
        faults += misplaced
    return kept, faults


def _translate_entry(entry: Any) -> Any:
    if isinstance(entry, Mapping) and isinstance(entry.get("params"), Mapping):
        return {**entry, "params": translate_parameters(entry["params"])}
    return entry


def _list_section_models(content: Mapping[str, Any]) -> Iterable[tuple[str, type[BaseModel]]]:
    yield "model", ModelSectionConfig
    engine = content.get("engine")
    engine_model = ENGINE_TYPES.get(find_engine_type(engine)) if isinstance(engine, Mapping) else None
    if engine_model is not None and engine_model is not OpenPotEngineConfig:
        yield "engine", engine_model


def _drop_misplaced_keys(compression: Mapping[str, Any], known: KnownNames) -> tuple[dict[str, Any], list[Fault]]:
    """The section ``compression`` without unknown keys, in it and beside ``name`` and ``params``."""
    algorithms, faults = [], []
    for position, entry in enumerate(compression["algorithms"]):
        if not isinstance(entry, Mapping):
            algorithms.append(entry)
            continue
        model = known.algorithms.get(strip_registry(str(entry.get("name"))))
        parameters = model.model_fields if model is not None else {}
        unknown = [key for key in entry if key not in AlgorithmEntry.model_fields]
        path = f"compression.algorithms[{position}]"
        faults += [Fault(format_misplaced_key(path, key, parameters), True) for key in unknown]
        algorithms.append({key: value for key, value in entry.items() if key not in unknown})
    kept, others = drop_unknown_keys("compression", {**compression, "algorithms": algorithms}, CompressionSectionConfig)
    return kept, [*faults, *others]
