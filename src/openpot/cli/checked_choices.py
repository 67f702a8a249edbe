"""The options of ``openpot quantize`` as arguments: checked in the order of what they cost, arguments, files, data."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openpot.api.quantize_arguments import add_drop, check_ignored_names, validate
from openpot.atomic_files import require_free_space
from openpot.cli.metric_option import make_metric_of_option
from openpot.cli.model_option import read_model_of_option
from openpot.config.latency_goal import LatencyGoal
from openpot.data.watched_samples import check_sample_timeout
from openpot.errors import ConfigError
from openpot.graph.stored_size import count_stored_bytes
from openpot.graph.swap_ir import IRFiles, compute_space_needed
from openpot.saved_files import STEM

if TYPE_CHECKING:
    from openpot.config.algorithms import DefaultQuantizationConfig
    from openpot.graph.types import Model

PLAN_CHOICES = ("preset", "target_device")
_SETTINGS = (*PLAN_CHOICES, "subset_size", "seed", "max_output_error", "early_stop", "optimize_for")
_LATENCY = ("max_latency", "min_speedup", "times")
_OTHERS = ("max_drop", "drop_type", "validation_share", "timing", "sample_timeout", *_LATENCY)
_IGNORED_KINDS = {"re": "patterns", "type": "types"}
RUN_CHOICES = (*_SETTINGS, *_OTHERS)


def collect_choices(stated: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    """The arguments of :func:`openpot.quantize` that options of the same name state; ``ignored`` is its scope."""
    choices = {name: stated[name] for name in names}
    if names == RUN_CHOICES:
        choices["metric"] = make_metric_of_option(stated["metric"], stated["higher_is_better"])
    choices["ignored_scope"] = parse_ignored(stated["ignored"] or [])
    if choices.get("max_output_error", 0) is None:
        choices["max_output_error"] = "auto"
    return choices


def parse_ignored(texts: Collection[str]) -> dict[str, list[str]] | list[str]:
    """The ignored scope of options ``NAME``, ``re:PATTERN`` and ``type:TYPE``."""
    scope: dict[str, list[str]] = {"names": [], "patterns": [], "types": []}
    for text in texts:
        kind, _, rest = text.partition(":")
        if kind in _IGNORED_KINDS:
            scope[_IGNORED_KINDS[kind]].append(rest)
        else:
            scope["names"].append(text)
    return scope if scope["patterns"] or scope["types"] else scope["names"]


def check_choices(data: str | None, annotations: str | None, choices: Mapping[str, Any]) -> DefaultQuantizationConfig:
    """The arguments as settings, checked before a file is opened.

    Raises:
        ConfigError: one of them is not possible, or two do not go together.
    """
    if data is None:
        raise ConfigError("--data is missing: give a folder of images, an .npz archive or module:callable")
    if annotations is not None and choices["metric"] is None:
        raise ConfigError("--annotations are what a metric compares with: name one with --metric")
    check_sample_timeout(choices["sample_timeout"])
    goal = LatencyGoal(**{name: choices[name] for name in _LATENCY})
    config = validate(**{name: choices[name] for name in (*_SETTINGS, "ignored_scope")}, goal=goal)
    return add_drop(config, choices["metric"], choices["max_drop"], choices["drop_type"])


def read_for(folder: Path, path: Path, config: DefaultQuantizationConfig, untrusted: bool) -> Model:
    """The model, if the settings fit it and the folder has room for the result, which is never larger.

    Raises:
        UnknownNameError: an ignored name is none of its operations.
        FileError: there is no such file, or too little space.
    """
    network = read_model_of_option(path, untrusted)
    check_ignored_names(network, config)
    require_free_space(folder, compute_space_needed(count_stored_bytes(network), IRFiles.at(folder, STEM)))
    return network
