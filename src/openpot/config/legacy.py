"""POT's spellings of keys and values, and what they mean here: the only place that knows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openpot.config.target_devices import load_target_devices

PRESET_ALIASES: Mapping[str, str] = {"symmetric": "performance", "asymmetric": "accuracy"}
"""Older names of presets."""

REMOVED_ALGORITHMS: Mapping[str, str] = {
    "ParamsTuningSearch": "ParamsGridSearchAlgorithm, its later name",
    "QuantileTuningAlgorithm": (
        "ParamsGridSearchAlgorithm, which tries quantiles by the metric, or RangeOptimization, which moves ranges"
    ),
    "Ranger": "RangeSupervision, its later name",
}
"""Algorithms that POT itself had given up by 2023, and what does their work now."""

REMOVED_SECTIONS: Mapping[str, str] = {
    "optimizer": (
        "POT gave up the search by tree-structured Parzen estimators (TPE) in 2022; use AccuracyAwareQuantization with "
        "'tune_hyperparams', or ParamsGridSearchAlgorithm"
    ),
}
"""Sections of older configuration files that nothing reads, and what does their work now."""

POT_KEYS: Mapping[str, str] = {"random_seed": "layer-wise tuning"}
"""Keys of POT that no configuration of openpot has, and what they belong to."""


def translate_preset(value: Any) -> Any:
    """A preset in any case and under any of its names; what is no text is returned as it is."""
    if not isinstance(value, str):
        return value
    lowered = value.strip().lower()
    return PRESET_ALIASES.get(lowered, lowered)


def translate_command_line_preset(value: Any, target_device: str) -> Any:
    """A preset as POT's command line took it for a device; what is neither a preset nor a device is left as it is."""
    preset, device = translate_preset(value), load_target_devices().get(target_device.upper())
    return preset if device is None else device.command_line_presets.get(preset, preset)


def translate_model_type(value: Any) -> Any:
    """``transformer`` in any case; POT's files write the absence of a type as the text ``None``."""
    if not isinstance(value, str):
        return value
    lowered = value.strip().lower()
    return None if lowered in ("none", "") else lowered


def translate_tuning_scope(values: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters of ``TunableQuantization``: ``range_estimator`` in the scope stands for what its own scope names."""
    scope, translated = values.get("tuning_scope"), dict(values)
    if isinstance(scope, list | tuple) and "range_estimator" in scope:
        aspects = [f"estimator_{aspect}" for aspect in values.get("estimator_tuning_scope") or ()]
        translated["tuning_scope"] = [*(aspect for aspect in scope if aspect != "range_estimator"), *aspects]
    return translated


def translate_parameters(params: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters of an algorithm as scripts for POT write them, in the form that the configurations take.

    The algorithm's own ``name`` and the ``subset_indices`` of POT's tests say nothing and go; one name, or one
    operation, in an ignored scope becomes a list.
    """
    translated = {key: value for key, value in params.items() if key not in ("name", "subset_indices")}
    ignored = translated.get("ignored")
    if isinstance(ignored, Mapping):
        translated["ignored"] = _translate_scope(
            {key: _translate_scope(scope) if isinstance(scope, Mapping) else scope for key, scope in ignored.items()}
        )
    return translated


def _translate_scope(scope: Mapping[str, Any]) -> dict[str, Any]:
    lists = {key: [scope[key]] for key in ("scope", "operations") if isinstance(scope.get(key), str | Mapping)}
    return {**scope, **lists}


def translate_saturation_fix(value: Any) -> Any:
    """``first_layer``, ``all`` or ``no``; files that were YAML once hold false for ``no``."""
    return "no" if value is False else value.strip().lower() if isinstance(value, str) else value
