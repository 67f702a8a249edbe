"""Configuration files of POT's time: brought into the form that is parsed, without the keys that POT passed over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from openpot.config.compression_section import AlgorithmEntry, CompressionSectionConfig
from openpot.config.engine_section import ENGINE_TYPES, OwnEngineConfig, engine_type
from openpot.config.error_lines import misplaced_key_line
from openpot.config.faults import Fault
from openpot.config.legacy import current_parameters
from openpot.config.model_section import ModelSectionConfig
from openpot.config.parse import plain_parameters
from openpot.config.passed_over import warn_of_passed_over, without_unknown_keys
from openpot.config.run import SECTIONS, KnownNames, RunConfig, bare_name, parse_run, unknown_sections
from openpot.errors import ConfigError


def parse_historic_run(stated: Mapping[str, Any], known: KnownNames, strict: bool = False) -> RunConfig:
    """The configuration that a file of POT's time holds; the files that it names have to exist.

    Args:
        stated: the content of the file.
        known: what may be named.
        strict: refuse what POT passed over.

    Raises:
        UnknownNameError: a key, an algorithm or a metric does not exist; all faults are listed, and what is passed over
            otherwise is among them.
        ConfigError: a value is not possible; likewise.

    Warns:
        OpenPotWarning: a key is passed over.
    """
    current = current_form(stated)
    kept, passed_over = without_passed_over(current, known)
    try:
        run = parse_run(kept, known, check_paths=True, other_faults=passed_over if strict else ())
    except ConfigError:
        # A misspelt key may be why another one is missing.
        return parse_run(kept, known, check_paths=True, other_faults=passed_over)
    warn_of_passed_over(passed_over)
    return run


def current_form(stated: Mapping[str, Any]) -> dict[str, Any]:
    """What a file holds, with POT's spellings replaced; no ``algorithms``, or empty ones, are an empty list."""
    plain: dict[str, Any] = plain_parameters(stated)
    compression = plain.setdefault("compression", {})
    if isinstance(compression, dict):
        compression["algorithms"] = [_current_entry(entry) for entry in compression.get("algorithms") or []]
    return plain


def without_passed_over(stated: Mapping[str, Any], known: KnownNames) -> tuple[dict[str, Any], list[Fault]]:
    """``stated`` without the keys that POT passed over, and one fault for each of them.

    These are unknown keys in the sections and beside ``name`` and ``params`` of an algorithm. The parameters of
    algorithms stay as they are, since POT refused unknown ones in files; so does the engine type ``openpot``, which POT
    did not have.

    Args:
        stated: a whole configuration in its present form (:func:`current_form`).
        known: what may be named.
    """
    kept = {name: section for name, section in stated.items() if name in SECTIONS}
    faults = unknown_sections(stated)
    for name, model in _section_models(kept):
        if isinstance(kept.get(name), Mapping):
            kept[name], unknown = without_unknown_keys(name, kept[name], model)
            faults += unknown
    if isinstance(kept.get("compression"), Mapping):
        kept["compression"], misplaced = _without_misplaced_keys(kept["compression"], known)
        faults += misplaced
    return kept, faults


def _current_entry(entry: Any) -> Any:
    if isinstance(entry, Mapping) and isinstance(entry.get("params"), Mapping):
        return {**entry, "params": current_parameters(entry["params"])}
    return entry


def _section_models(stated: Mapping[str, Any]) -> Iterable[tuple[str, type[BaseModel]]]:
    yield "model", ModelSectionConfig
    engine = stated.get("engine")
    engine_model = ENGINE_TYPES.get(engine_type(engine)) if isinstance(engine, Mapping) else None
    if engine_model is not None and engine_model is not OwnEngineConfig:
        yield "engine", engine_model


def _without_misplaced_keys(compression: Mapping[str, Any], known: KnownNames) -> tuple[dict[str, Any], list[Fault]]:
    """The section ``compression`` without unknown keys, in it and beside ``name`` and ``params``."""
    algorithms, faults = [], []
    for position, entry in enumerate(compression["algorithms"]):
        if not isinstance(entry, Mapping):
            algorithms.append(entry)
            continue
        model = known.algorithms.get(bare_name(str(entry.get("name"))))
        parameters = model.model_fields if model is not None else {}
        unknown = [key for key in entry if key not in AlgorithmEntry.model_fields]
        path = f"compression.algorithms[{position}]"
        faults += [Fault(misplaced_key_line(path, key, parameters), True) for key in unknown]
        algorithms.append({key: value for key, value in entry.items() if key not in unknown})
    kept, others = without_unknown_keys(
        "compression", {**compression, "algorithms": algorithms}, CompressionSectionConfig
    )
    return kept, [*faults, *others]
