"""Grid search over quantization settings: range estimators of activations, then bias corrections, by the metric.

First come the settings as stated; then nine range estimators, each end of activations at its extreme, or with a
thousandth or a ten-thousandth of the values clipped; then, with the best of these, the bias corrections by name
(:mod:`openpot.search.tuning_grid`). A model counts by the mean relative change of its metrics against the first one;
the best is returned, the earliest of equals.

Ranges of all estimators are observed in one pass over the calibration data, the accurate bias correction makes its own;
up to twelve models are quantized and evaluated. POT ran a calibration for each of them.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from openpot.algorithms.calibration import calibrate
from openpot.algorithms.context import Calibration
from openpot.algorithms.min_max import MinMaxQuantization
from openpot.config.algorithms import DefaultQuantizationConfig, MinMaxConfig
from openpot.config.optimization import ParamsGridSearchConfig
from openpot.errors import MetricError
from openpot.recipes.default_quantization import DefaultQuantization
from openpot.recipes.optimization_algorithm import OptimizationAlgorithm
from openpot.search.tuning_grid import propose_bias_settings, propose_range_settings

if TYPE_CHECKING:
    from openpot.engine.base import Engine
    from openpot.graph.model import CompressedModel

logger = logging.getLogger(__name__)

AS_STATED = "as stated"


@dataclass(frozen=True)
class GridTrialRecord:
    """One model: its settings in words, its metrics (None if they are no numbers), and its score (higher is better)."""

    name: str
    metrics: Mapping[str, float] | None
    score: float


@dataclass(frozen=True, eq=False)
class GridSearchResult:
    """What ParamsGridSearchAlgorithm did.

    Attributes:
        chosen: name of the trial whose model is returned.
        trials: every model in its order; the first is quantized as stated.
        quantization: how the returned model was quantized.
    """

    chosen: str
    trials: tuple[GridTrialRecord, ...]
    quantization: object


@dataclass(frozen=True, eq=False)
class _Candidate:
    name: str
    settings: MinMaxConfig
    model: CompressedModel
    result: object


class ParamsGridSearchAlgorithm(OptimizationAlgorithm[ParamsGridSearchConfig]):
    """Quantizes with the settings under which the metrics are best.

    ``result`` is a :class:`GridSearchResult`. Keys: those of
    :class:`openpot.config.optimization.ParamsGridSearchConfig`; what they state about bits and modes stays.

    Raises:
        UnknownNameError: (when made) a metric that is named does not exist.
        MetricError: (when made) a metric does not say in which direction it is better; (when run) it raised, or gave no
            number for the first model.
    """

    name = "ParamsGridSearchAlgorithm"
    config_class: ClassVar = ParamsGridSearchConfig

    def __init__(self, config: Any = None, engine: Engine | None = None) -> None:
        super().__init__(config, engine)
        self._make_base(self._choose_base_settings())  # refuses what cannot be done before any time is spent
        if engine is not None:
            self.find_directions(self.settings.metrics)

    def apply(self, model: CompressedModel, calibration: Calibration) -> GridSearchResult:
        """Try the grid, and put the best model into ``model``."""
        del calibration
        original = model.copy()
        directions = self.find_directions(self.settings.metrics)
        meter, samples = (
            self.make_meter(directions),
            self.choose_deciding_samples(self.settings.optimization_subset_size),
        )
        first: Mapping[str, float] = {}
        trials: list[GridTrialRecord] = []
        best: _Candidate | None = None
        best_score = -np.inf

        def evaluate(candidate: _Candidate) -> None:
            nonlocal first, best, best_score
            metrics: Mapping[str, float] | None = None
            score = -np.inf
            try:
                metrics = meter.measure_samples(candidate.model, samples)
                first = first or metrics
                score = compute_relative_change(metrics, first, directions)
            except MetricError:
                if not trials:
                    raise
            trials.append(GridTrialRecord(candidate.name, metrics, float(score)))
            logger.info("%s: %s", candidate.name, metrics)
            if best is None or score > best_score:
                best, best_score = candidate, score

        settings = self._choose_base_settings()
        for candidate in self._quantize_each(original, [(AS_STATED, settings), *propose_range_settings(settings)]):
            evaluate(candidate)
        assert best is not None  # noqa: S101  the first one was evaluated
        chosen: _Candidate = best
        with_bias = [(f"{chosen.name}, {name}", changed) for name, changed in propose_bias_settings(chosen.settings)]
        for candidate in self._quantize_each(original, with_bias):
            evaluate(candidate)
        model.take_over(best.model)
        return GridSearchResult(best.name, tuple(trials), best.result)

    def _choose_base_settings(self) -> MinMaxConfig:
        if self.settings.base_algorithm == "MinMaxQuantization":
            return self.settings.extract_part(MinMaxConfig)
        return self.settings.extract_part(DefaultQuantizationConfig)

    def _make_base(self, settings: MinMaxConfig) -> MinMaxQuantization | DefaultQuantization:
        if self.settings.base_algorithm == "MinMaxQuantization":
            return MinMaxQuantization(settings, self._engine)
        return DefaultQuantization(settings, self._engine)

    def _quantize_each(
        self, original: CompressedModel, wanted: Sequence[tuple[str, MinMaxConfig]]
    ) -> Iterator[_Candidate]:
        """A model for each of the settings, made when it is asked for; they share a pass over the data if they can."""
        bases = [self._make_base(settings) for _, settings in wanted]
        shared = original.copy()
        aligns_channels = any(isinstance(base, DefaultQuantization) and base.recipe.aligns_channels for base in bases)
        if bases and not aligns_channels:
            calibrate(self._engine, shared, bases, context=self.context)
        for (name, settings), base in zip(wanted, bases, strict=True):
            candidate = original.copy() if aligns_channels else shared.copy()
            if aligns_channels:  # preparing changes the model itself, once for each of them
                calibrate(self._engine, candidate, [base], context=self.context)
            base.run(candidate)
            yield _Candidate(name, settings, candidate, base.result)


def compute_relative_change(
    metrics: Mapping[str, float], first: Mapping[str, float], directions: Mapping[str, bool]
) -> float:
    """Mean over the metrics of the change for the better, as a share of the first value (of 1 if that is zero)."""
    changes = [
        (metrics[name] - first[name]) / (abs(first[name]) or 1.0) * (1.0 if higher else -1.0)
        for name, higher in directions.items()
    ]
    return float(np.mean(changes))
