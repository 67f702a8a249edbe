"""INT4MixedQuantization: weights of 4 bits in as many layers as the metric allows, of 8 bits in the others.

The network is quantized with 8 bits first. Then the layers are ranked by the noise that 4-bit weights give each of them
(:mod:`openpot.algorithms.quant_noise_estimator`) for each weight that gets smaller, and the largest number of layers in
this order that stays within ``maximal_drop`` is found by halving the interval: ``3 + log2(layers)`` evaluations of the
metric, one calibration for each but the first, and two passes for the ranking; POT moved one layer at a time. What is
returned was evaluated itself, and is the model with 8 bits if nothing else holds.

Candidates are convolutions without groups, as in POT, and matrix products. After ``compress_model_weights`` their files
take half of the space and they run as INT8 all the same (:mod:`openpot.rewrites.four_bit_weights`).
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from openpot.algorithms.calibration import calibrate
from openpot.algorithms.context import Calibration
from openpot.algorithms.min_max import MinMaxQuantization
from openpot.algorithms.quant_noise_estimator import QuantNoiseEstimator
from openpot.config.algorithms import DefaultQuantizationConfig, MinMaxConfig
from openpot.config.mixed_precision import INT4MixedQuantizationConfig
from openpot.config.noise_estimation import NoiseMode, QuantNoiseEstimatorConfig
from openpot.config.quantizer_override import QuantizerOverrideConfig
from openpot.errors import EngineError
from openpot.layers.linear_layer import find_linear_layers
from openpot.recipes.default_quantization import DefaultQuantization
from openpot.recipes.default_recipe import DefaultQuantizationResult
from openpot.recipes.optimization_algorithm import OptimizationAlgorithm
from openpot.search.accuracy_target import NotFiniteMetricError, make_accuracy_target

if TYPE_CHECKING:
    from openpot.engine.base import Engine
    from openpot.graph.model import CompressedModel
    from openpot.search.accuracy_target import AccuracyTarget
    from openpot.search.model_meter import ModelMeter

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
    """One model that was evaluated: how many layers had 4-bit weights, its metrics, and whether it is within limits.

    ``metrics`` are None if one of them was no finite number.
    """

    four_bit_layers: int
    metrics: Mapping[str, float] | None
    accepted: bool


@dataclass(frozen=True, eq=False)
class MixedPrecisionResult:
    """What INT4MixedQuantization did.

    Attributes:
        four_bits: layers whose weights have 4 bits, in the order in which they were chosen.
        eight_bits: the other candidates.
        baseline: metrics of the original model.
        metrics: metrics of the returned one; None if one of them was no finite number.
        trials: every model that was evaluated, in order; the first has no 4-bit weights.
        quantization: how the returned model was quantized.
    """

    four_bits: tuple[str, ...]
    eight_bits: tuple[str, ...]
    baseline: Mapping[str, float]
    metrics: Mapping[str, float] | None
    trials: tuple[MixedTrial, ...]
    quantization: DefaultQuantizationResult


class INT4MixedQuantization(OptimizationAlgorithm[INT4MixedQuantizationConfig]):
    """Quantizes weights to 4 bits where the metric allows it.

    ``result`` is a :class:`MixedPrecisionResult`. Keys: those of
    :class:`openpot.config.mixed_precision.INT4MixedQuantizationConfig`.

    Raises:
        EngineError: (when made) the engine has no metric.
        MetricError: (when made) a metric does not say in which direction it is better.
    """

    name = "INT4MixedQuantization"
    config_class: ClassVar = INT4MixedQuantizationConfig
    evaluates_metric: ClassVar = True

    def __init__(self, config: Any = None, engine: Engine | None = None) -> None:
        super().__init__(config, engine)
        if engine is not None:
            self.find_directions()

    def apply(self, model: CompressedModel, calibration: Calibration) -> MixedPrecisionResult:
        """Search for the largest number of layers with 4-bit weights, and quantize the model so.

        Raises:
            ConfigError: there is no engine.
            EngineError: the model is a cascade.
            MetricError: the metric raised, or gave no number for the original model.
        """
        del calibration
        if model.is_cascade:
            raise EngineError("INT4MixedQuantization evaluates single models: give it the members of a cascade")
        directions = self.find_directions()
        meter = self.make_meter(directions)
        baseline = meter.measure_samples(model, None)
        logger.info("Baseline metrics: %s", baseline)
        target = make_accuracy_target(baseline, directions, self.settings.maximal_drop, self.settings.drop_type)
        for remark in target.remarks:
            logger.warning(remark)
        search = _Search(meter, target, model.copy(), self.settings)
        result = search.run()
        model.take_over(search.best)
        return result


class _Search:
    """One run: remembers the best model seen."""

    def __init__(
        self,
        meter: ModelMeter,
        target: AccuracyTarget,
        original: CompressedModel,
        settings: INT4MixedQuantizationConfig,
    ) -> None:
        self._meter, self._target, self._original, self._settings = meter, target, original, settings
        self._engine: Engine = meter.engine
        self._trials: list[MixedTrial] = []
        self.best, self._best_trial, self._quantization = self._try_layers(())

    def run(self) -> MixedPrecisionResult:
        order: Sequence[str] = ()
        if self._best_trial.accepted:
            order = self._rank_layers()
            self._bisect(order)
        best = self._best_trial
        return MixedPrecisionResult(
            tuple(order[: best.four_bit_layers]),
            tuple(order[best.four_bit_layers :]),
            self._target.baseline,
            best.metrics,
            tuple(self._trials),
            self._quantization,
        )

    def _bisect(self, order: Sequence[str]) -> None:
        """The largest number of layers within limits, taking for granted that more layers lose more."""
        good, bad = 0, len(order) + 1
        limit = self._settings.max_iter_num
        trial = len(order)  # all of them may do
        while bad - good > 1 and (limit is None or len(self._trials) - 1 < limit):
            candidate = self._try_layers(order[:trial])
            if candidate[1].accepted:
                self.best, self._best_trial, self._quantization = candidate
                good = trial
            else:
                bad = trial
            trial = (good + bad) // 2

    def _try_layers(self, four_bits: Sequence[str]) -> tuple[CompressedModel, MixedTrial, DefaultQuantizationResult]:
        """The model with these layers in 4 bits, quantized and evaluated."""
        model = self._original.copy()
        overrides = {f"{name}/fq_weights_{port}": FOUR_BITS for name, port in self._find_ports(four_bits)}
        settings = self._settings.extract_part(DefaultQuantizationConfig)
        configs = (*settings.layerwise_configs, overrides)
        # The metric says what may be lost; a budget for the outputs would undo what is tried here.
        changed = {"layerwise_configs": configs, "max_output_error": None}
        algorithm = DefaultQuantization(settings.model_copy(update=changed), self._engine)
        algorithm.run(model)
        trial = self._evaluate(model, len(four_bits))
        self._trials.append(trial)
        logger.info("%d layers with 4-bit weights: %s", trial.four_bit_layers, trial.metrics)
        return model, trial, algorithm.result

    def _evaluate(self, model: CompressedModel, four_bit_layers: int) -> MixedTrial:
        try:
            metrics = self._meter.measure_samples(model, None)
        except NotFiniteMetricError:
            return MixedTrial(four_bit_layers, None, accepted=False)
        return MixedTrial(four_bit_layers, metrics, self._target.is_met(metrics))

    def _rank_layers(self) -> tuple[str, ...]:
        """The candidates by rising noise of 4-bit weights for each weight that gets smaller."""
        snapshot = self.best.snapshot()
        candidates = {
            layer.name: math.prod(size or 1 for size in snapshot[layer.constant.node].output_shape or ())
            for layer in find_linear_layers(snapshot)
            if layer.record.type in CANDIDATES and layer.quantizer and _has_unshared_quantizer(layer.quantizer)
        }
        trial = self._original.copy()
        overrides = {f"{name}/fq_weights_{port}": FOUR_BITS for name, port in self._find_ports(tuple(candidates))}
        settings = self._settings.extract_part(MinMaxConfig).model_copy(update={"layerwise_configs": (overrides,)})
        common = self._settings.extract_part(QuantNoiseEstimatorConfig).model_copy(update={"mode": NoiseMode.LAYERWISE})
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

    def _find_ports(self, names: Sequence[str]) -> list[tuple[str, int]]:
        ports = {layer.name: layer.weights.port for layer in find_linear_layers(self._original.snapshot())}
        return [(name, ports[name]) for name in names if name in ports]


def _has_unshared_quantizer(name: str) -> bool:
    return name.rpartition("/")[2].startswith("fq_weights_")
