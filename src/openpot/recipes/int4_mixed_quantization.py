"""INT4MixedQuantization: weights of 4 bits in as many layers as the metric allows, of 8 bits in the others.

The network is quantized with 8 bits first. Then the layers are ranked by the noise that 4-bit weights give each of them
(:mod:`openpot.algorithms.quant_noise_estimator`) for each weight that gets smaller, and the largest number of layers in
this order that stays within ``maximal_drop`` is found by halving the interval: ``3 + log2(layers)`` evaluations of the
metric, one calibration for each but the first, and two passes for the ranking; POT moved one layer at a time. What is
returned was evaluated itself, and is the model with 8 bits if nothing else holds.

Candidates are convolutions without groups, as in POT, and matrix products. After ``compress_model_weights`` their files
take half of the space and they run as INT8 all the same (:mod:`openpot.rewrites.through_eight_bits`).
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from openpot.algorithms.calibrated import CalibratedAlgorithm
from openpot.algorithms.calibration import calibrate, present_engine
from openpot.algorithms.context import Calibration
from openpot.algorithms.min_max import MinMaxQuantization
from openpot.algorithms.quant_noise_estimator import QuantNoiseEstimator
from openpot.config.algorithms import DefaultQuantizationConfig, MinMaxConfig
from openpot.config.mixed_precision import INT4MixedQuantizationConfig
from openpot.config.noise_estimation import NoiseMode, QuantNoiseEstimatorConfig
from openpot.config.quantizer_override import QuantizerOverrideConfig
from openpot.engine.call_predict import call_predict
from openpot.errors import ConfigError, EngineError
from openpot.layers.linear_layer import find_linear_layers
from openpot.recipes.default_quantization import DefaultQuantization
from openpot.recipes.default_recipe import DefaultQuantizationResult

if TYPE_CHECKING:
    from openpot.engine.base import Engine
    from openpot.graph.model import CompressedModel

logger = logging.getLogger(__name__)

FOUR_BITS = QuantizerOverrideConfig.model_validate(
    {
        "bits": 4,
        "mode": "symmetric",
        "level_low": -7,
        "level_high": 7,
        "range_estimator": {"max": {"type": "abs_quantile", "outlier_prob": 1e-3}},
    }
)
"""15 levels; a thousandth of the weights is clipped (POT's values)."""
CANDIDATES = frozenset({"Convolution", "MatMul"})


@dataclass(frozen=True)
class MixedTrial:
    """One model that was evaluated: how many layers had 4-bit weights, its metrics, and whether it is within limits."""

    four_bit_layers: int
    metrics: Mapping[str, float]
    accepted: bool


@dataclass(frozen=True, eq=False)
class MixedPrecisionResult:
    """What INT4MixedQuantization did.

    Attributes:
        four_bits: layers whose weights have 4 bits, in the order in which they were chosen.
        eight_bits: the other candidates.
        baseline: metrics of the original model.
        metrics: metrics of the returned one.
        trials: every model that was evaluated, in order; the first has no 4-bit weights.
        quantization: how the returned model was quantized.
    """

    four_bits: tuple[str, ...]
    eight_bits: tuple[str, ...]
    baseline: Mapping[str, float]
    metrics: Mapping[str, float]
    trials: tuple[MixedTrial, ...]
    quantization: DefaultQuantizationResult


class INT4MixedQuantization(CalibratedAlgorithm[INT4MixedQuantizationConfig]):
    """Quantizes weights to 4 bits where the metric allows it.

    ``result`` is a :class:`MixedPrecisionResult`. Keys: those of
    :class:`openpot.config.mixed_precision.INT4MixedQuantizationConfig`.

    Raises:
        EngineError: (when made) the engine has no metric.
    """

    name = "INT4MixedQuantization"
    config_model: ClassVar = INT4MixedQuantizationConfig
    evaluates_metric: ClassVar = True

    def __init__(self, config: Any = None, engine: Engine | None = None) -> None:
        super().__init__(config, engine)
        if engine is not None:
            engine.get_metrics_attributes()

    def apply(self, model: CompressedModel, calibration: Calibration) -> MixedPrecisionResult:
        """Search for the largest number of layers with 4-bit weights, and quantize the model so.

        Raises:
            ConfigError: there is no engine.
            EngineError: the model is a cascade.
        """
        del calibration
        if model.is_cascade:
            raise EngineError("INT4MixedQuantization evaluates single models: give it the members of a cascade")
        search = _Search(present_engine(self._engine), model.copy(), self.settings)
        result = search.run()
        model.take_over(search.best)
        return result


class _Search:
    """One run: remembers the best model seen."""

    def __init__(self, engine: Engine, original: CompressedModel, settings: INT4MixedQuantizationConfig) -> None:
        self._engine, self._original, self._settings = engine, original, settings
        self._trials: list[MixedTrial] = []
        self._baseline: Mapping[str, float] = {}
        self.best = original
        self._best_trial: MixedTrial | None = None
        self._quantization: DefaultQuantizationResult | None = None

    def run(self) -> MixedPrecisionResult:
        self._baseline = self._metrics(self._original)
        logger.info("Baseline metrics: %s", dict(self._baseline))
        order: Sequence[str] = ()
        if self._try(order, keeps=True):
            order = self._ranked_layers()
            self._bisect(order)
        best, quantization = self._best_trial, self._quantization
        if best is None or quantization is None:
            raise ConfigError("nothing was evaluated: the engine gives no metrics")
        return MixedPrecisionResult(
            tuple(order[: best.four_bit_layers]),
            tuple(order[best.four_bit_layers :]),
            self._baseline,
            best.metrics,
            tuple(self._trials),
            quantization,
        )

    def _bisect(self, order: Sequence[str]) -> None:
        """The largest number of layers within limits, taking for granted that more layers lose more."""
        good, bad = 0, len(order) + 1
        limit = self._settings.max_iter_num
        trial = len(order)  # all of them may do
        while bad - good > 1 and (limit is None or len(self._trials) - 1 < limit):
            if self._try(order[:trial]):
                good = trial
            else:
                bad = trial
            trial = (good + bad) // 2

    def _try(self, four_bits: Sequence[str], keeps: bool = False) -> bool:
        """Quantize, evaluate, and remember the model if it is the best; ``keeps`` remembers it in any case."""
        model = self._original.copy()
        overrides = {f"{name}/fq_weights_{port}": FOUR_BITS for name, port in self._ports(four_bits)}
        settings = self._settings.part(DefaultQuantizationConfig)
        configs = (*settings.layerwise_configs, overrides)
        # The metric says what may be lost; a budget for the outputs would undo what is tried here.
        changed = {"layerwise_configs": configs, "max_output_error": None}
        algorithm = DefaultQuantization(settings.model_copy(update=changed), self._engine)
        algorithm.run(model)
        metrics = self._metrics(model)
        trial = MixedTrial(len(four_bits), metrics, self._is_within_limits(metrics))
        self._trials.append(trial)
        logger.info("%d layers with 4-bit weights: %s", len(four_bits), dict(metrics))
        if trial.accepted or keeps:
            self.best, self._best_trial, self._quantization = model, trial, algorithm.result
        return trial.accepted

    def _ranked_layers(self) -> tuple[str, ...]:
        """The candidates by rising noise of 4-bit weights for each weight that gets smaller."""
        snapshot = self.best.snapshot()
        candidates = {
            layer.name: math.prod(size or 1 for size in snapshot[layer.constant.node].output_shape or ())
            for layer in find_linear_layers(snapshot)
            if layer.record.type in CANDIDATES and layer.quantizer and _has_own_quantizer(layer.quantizer)
        }
        trial = self._original.copy()
        overrides = {f"{name}/fq_weights_{port}": FOUR_BITS for name, port in self._ports(tuple(candidates))}
        settings = self._settings.part(MinMaxConfig).model_copy(update={"layerwise_configs": (overrides,)})
        common = self._settings.part(QuantNoiseEstimatorConfig).model_copy(update={"mode": NoiseMode.LAYERWISE})
        quantizer, estimator = MinMaxQuantization(settings, self._engine), QuantNoiseEstimator(common, self._engine)
        calibrate(self._engine, trial, (quantizer, estimator))
        for algorithm in (quantizer, estimator):
            algorithm.run(trial)
        price = {
            record.layer: 1 / (record.sqnr * candidates[record.layer])
            for record in estimator.result.layers
            if record.layer in candidates
        }
        return tuple(sorted(price, key=lambda name: price[name]))

    def _ports(self, names: Sequence[str]) -> list[tuple[str, int]]:
        ports = {layer.name: layer.weights.port for layer in find_linear_layers(self._original.snapshot())}
        return [(name, ports[name]) for name in names if name in ports]

    def _metrics(self, model: CompressedModel) -> Mapping[str, float]:
        self._engine.set_model(model)
        # Engines that can do without metrics while calibrating look at this attribute.
        self._engine.calculate_metrics = True  # type: ignore[attr-defined]
        metrics, _ = call_predict(self._engine)
        return {name: float(np.mean(value)) for name, value in (metrics or {}).items()}

    def _is_within_limits(self, metrics: Mapping[str, float]) -> bool:
        attributes = self._engine.get_metrics_attributes()
        for name, before in self._baseline.items():
            falls = attributes.get(name, {}).get("direction", "higher-better") == "higher-better"
            drop = before - metrics[name] if falls else metrics[name] - before
            limit = self._settings.maximal_drop * (abs(before) if self._settings.drop_type == "relative" else 1)
            if not drop <= limit:  # NaN is not within limits
                return False
        return bool(self._baseline)


def _has_own_quantizer(name: str) -> bool:
    return name.rpartition("/")[2].startswith("fq_weights_")
