"""Other settings of the base algorithm that a search may try before anything is reverted to float."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

from openpot.config.algorithms import DefaultQuantizationConfig, MinMaxConfig
from openpot.config.presets import Preset
from openpot.config.range_estimator import EstimatorAggregator, EstimatorEnd, EstimatorType, RangeEstimatorConfig

Settings = MinMaxConfig

_CLIPPED_SHARES: Mapping[str, float | None] = {"widest": None, "0.1 % clipped": 1e-3, "0.01 % clipped": 1e-4}
"""For each end of the range of activations: the share of values that quantiles leave outside; None for the extreme."""


def propose_mixed_preset(settings: Settings) -> Settings | None:
    """The same with asymmetric activations; None if they are asymmetric already, or if the user chose their mode."""
    if settings.placement_preset is not Preset.PERFORMANCE or settings.activations.mode is not None:
        return None
    return settings.model_copy(update={"preset": Preset.MIXED})


def propose_range_settings(settings: Settings) -> Iterator[tuple[str, Settings]]:
    """Settings with other range estimators of activations, by name; the user's other options of activations stay."""
    for (low, low_share), (high, high_share) in product(_CLIPPED_SHARES.items(), repeat=2):
        estimator = RangeEstimatorConfig(min=_make_end("min", low_share), max=_make_end("max", high_share))
        activations = settings.activations.model_copy(update={"range_estimator": estimator})
        yield f"low end {low}, high end {high}", settings.model_copy(update={"activations": activations})


def propose_bias_settings(settings: Settings) -> Iterator[tuple[str, Settings]]:
    """Settings with each of POT's bias corrections that the settings do not have already, by name."""
    if isinstance(settings, DefaultQuantizationConfig):
        for fast, name in ((True, "fast bias correction"), (False, "accurate bias correction")):
            if settings.use_fast_bias is not fast:
                yield name, settings.model_copy(update={"use_fast_bias": fast})


def _make_end(end: str, clipped_share: float | None) -> EstimatorEnd:
    if clipped_share is None:
        return EstimatorEnd(type=EstimatorType(end), aggregator=EstimatorAggregator(end))
    return EstimatorEnd(EstimatorType.QUANTILE, clipped_share, EstimatorAggregator.MEAN)
