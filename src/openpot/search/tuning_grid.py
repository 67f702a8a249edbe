"""Other settings of the base algorithm that a search may try before anything goes back to float."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

from openpot.config.algorithms import DefaultQuantizationConfig, MinMaxConfig
from openpot.config.presets import Preset
from openpot.config.quantizer_override import QuantizerOverrideConfig

Settings = MinMaxConfig

_ENDS: Mapping[str, Mapping[str, str | float]] = {
    "widest": {"type": "{end}", "aggregator": "{end}"},
    "0.1 % clipped": {"type": "quantile", "outlier_prob": 1e-3, "aggregator": "mean"},
    "0.01 % clipped": {"type": "quantile", "outlier_prob": 1e-4, "aggregator": "mean"},
}
"""What is tried for each end of the range of activations."""


def mixed_preset(settings: Settings) -> Settings | None:
    """The same with asymmetric activations; None if they are asymmetric already, or were stated."""
    if settings.placement_preset is not Preset.PERFORMANCE or settings.activations.mode is not None:
        return None
    return settings.model_copy(update={"preset": Preset.MIXED})


def range_settings(settings: Settings) -> Iterator[tuple[str, Settings]]:
    """Names and settings with other range estimators of activations; whatever else is stated of them stays."""
    for low, high in product(_ENDS, _ENDS):
        ends = {"min": _end(low, "min"), "max": _end(high, "max")}
        stated = settings.activations.stated()
        activations = QuantizerOverrideConfig.model_validate({**stated, "range_estimator": ends})
        yield f"low end {low}, high end {high}", settings.model_copy(update={"activations": activations})


def bias_settings(settings: Settings) -> Iterator[tuple[str, Settings]]:
    """Names and settings with the bias corrections by name."""
    if isinstance(settings, DefaultQuantizationConfig):
        for fast, name in ((True, "fast bias correction"), (False, "accurate bias correction")):
            if settings.use_fast_bias is not fast:
                yield name, settings.model_copy(update={"use_fast_bias": fast})


def _end(name: str, end: str) -> dict[str, object]:
    return {key: value.format(end=end) if isinstance(value, str) else value for key, value in _ENDS[name].items()}
