"""From a configuration written for POT to one in openpot's own words that does the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from openpot.config.engine_section import (
    AccuracyCheckerEngineConfig,
    DataFreeSectionConfig,
    EngineSectionConfig,
    OpenPotEngineConfig,
    SimplifiedEngineConfig,
)
from openpot.config.model_section import CascadeMemberConfig, ModelSectionConfig
from openpot.config.run import AlgorithmStep, RunConfig
from openpot.data.image_preprocessing import ImageLayout
from openpot.job.checker_package import read_evaluation
from openpot.job.convert_checker import convert_evaluation

_SAID_BY_THE_SECTION = ("target_device", "model_type", "dump_intermediate_model")
_WITHOUT_EFFECT = ("inplace_statistics",)


@dataclass(frozen=True)
class ConvertedConfig:
    """The new configuration, and what its reader should know.

    Attributes:
        content: the three sections.
        notes: what is no longer there, and what to look at.
    """

    content: Mapping[str, Any]
    notes: tuple[str, ...] = ()


def convert(run: RunConfig, takes_grey: bool = False) -> ConvertedConfig:
    """The same run in openpot's own words.

    Args:
        run: the old configuration.
        takes_grey: whether the model takes images of one channel.

    Raises:
        ConfigError: its data or metrics cannot be said in openpot's words; the message lists what is in the way.
    """
    engine, notes = _convert_engine(run.engine, takes_grey)
    content = {"model": _convert_model(run.model), "engine": engine, "compression": _convert_compression(run)}
    if any(key in _list_stated_keys(run) for key in _WITHOUT_EFFECT):
        notes = (*notes, "inplace_statistics is left out: statistics are always reduced inside the model")
    return ConvertedConfig(json.loads(json.dumps(content, default=str)), notes)


def _convert_model(model: ModelSectionConfig) -> dict[str, Any]:
    if model.cascade:
        content: dict[str, Any] = {
            "cascade": [{"name": member.name, **_convert_files(member)} for member in model.cascade]
        }
        return {**({"model_name": model.model_name} if model.model_name else {}), **content}
    named = model.model is not None and model.name != model.model.stem
    return {**({"model_name": model.name} if named else {}), **_convert_files(model)}


def _convert_files(part: ModelSectionConfig | CascadeMemberConfig) -> dict[str, str]:
    """The model, and its weights where they are not beside it under its name."""
    if part.model is None:
        return {}
    beside = part.weights is None or part.weights == part.model.with_suffix(".bin")
    return {"model": str(part.model), **({} if beside else {"weights": str(part.weights)})}


def _convert_engine(engine: EngineSectionConfig, takes_grey: bool) -> tuple[dict[str, Any], tuple[str, ...]]:
    settings = {
        key: value for key, value in engine.collect_runtime_settings().items() if (key, value) != ("device", "CPU")
    }
    if isinstance(engine, AccuracyCheckerEngineConfig):
        described, notes = convert_evaluation(read_evaluation(engine))
        return {"type": "openpot", **settings, **described}, notes
    if isinstance(engine, SimplifiedEngineConfig):
        data: dict[str, Any] = {"image_folder": engine.data_source}
        if engine.layout:
            data["layout"] = f"N{ImageLayout.from_text(engine.layout)}"
        data |= {"channel_order": "grey" if takes_grey else "BGR", "mean": [], "scale": [], "keeps_aspect_ratio": False}
        if engine.central_fraction is not None:
            data["central_fraction"] = engine.central_fraction
        return {"type": "openpot", **settings, "data": data}, (
            "images are taken as before: BGR, stretched, pixels 0..255; if the network was trained otherwise, say so "
            "in engine.data",
        )
    assert isinstance(engine, OpenPotEngineConfig | DataFreeSectionConfig)  # noqa: S101 - there are four types
    return engine.model_dump(mode="json", exclude_unset=True, exclude_none=True) | {"type": engine.type}, ()


def _convert_compression(run: RunConfig) -> dict[str, Any]:
    section = run.compression
    content: dict[str, Any] = {"target_device": section.target_device}
    if section.model_type is not None:
        content["model_type"] = str(section.model_type)
    if section.dump_intermediate_model:
        content["dump_intermediate_model"] = True
    shared = section.collect_shared_parameters()
    content["algorithms"] = [_convert_algorithm(step, shared) for step in run.algorithms]
    return content


def _convert_algorithm(step: AlgorithmStep, shared: Mapping[str, Any]) -> dict[str, Any]:
    """An algorithm with the parameters that are stated for it, in today's spellings."""
    plain = dict(step.params) if step.config is None else step.config.model_dump(exclude_unset=True)
    plain = {key: _unwrap(value) for key, value in plain.items() if value is not None}
    repeated = {key for key in _SAID_BY_THE_SECTION if key in plain and key in shared and plain[key] == shared[key]}
    plain = {key: value for key, value in plain.items() if key not in (*repeated, *_WITHOUT_EFFECT)}
    return {"name": step.bare_name, **({"params": plain} if plain else {})}


def _unwrap(value: Any) -> Any:
    """Ignored scopes as users write them, everything else without what is not stated."""
    if isinstance(value, Mapping):
        if set(value) <= {"everywhere", "by_model"} and value:
            (value,) = value.values()
        return {key: _unwrap(entry) for key, entry in value.items() if entry is not None}
    return [_unwrap(entry) for entry in value] if isinstance(value, list | tuple) else value


def _list_stated_keys(run: RunConfig) -> set[str]:
    return set(run.compression.model_fields_set) | {key for step in run.algorithms for key in step.params}
