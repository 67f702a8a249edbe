"""Weight sparsity: magnitude sparsity, and biases that take back what the lost weights did to the mean outputs.

The shift of each layer is computed as in fast bias correction, for the difference between the original weights and
those that are left: one pass over the calibration data. With ``use_fast_bias`` false the layers are corrected one after
the other, as :mod:`openpot.algorithms.bias_correction` does it: with a fifth of the samples, and better at high levels,
where the errors of one layer reach the next. With ``use_layerwise_tuning``
what is left of the weights is fitted first (:mod:`openpot.algorithms.sparse_tuning`), at one more pass; every fourth
sample then tells whether the outputs come closer than without the fit, and if not it is undone.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, TypeVar

from openpot.algorithms.bias_correction import BiasCorrection
from openpot.algorithms.bias_records import BiasCorrectionResult, BiasRecord
from openpot.algorithms.context import Calibration, PipelineContext
from openpot.algorithms.magnitude_sparsity import (
    PrunableLayer,
    PrunableLayers,
    SparsityAlgorithm,
    SparsityResult,
    find_prunable_layers,
    prune,
)
from openpot.algorithms.shift_check import ShiftCheck, specify_mean_input
from openpot.algorithms.sparse_tuning import SparseTuner, plan_sparsity_levels
from openpot.algorithms.unseen_tensors import REASON
from openpot.config.algorithms import BiasCorrectionConfig
from openpot.config.sparsity import BaseWeightSparsityConfig, WeightSparsityConfig
from openpot.data.validation_samples import is_validation_position
from openpot.engine.direct_engine import require_direct_engine
from openpot.graph.node_index import NodeIndex
from openpot.graph.snapshot_model import snapshot_from_model
from openpot.graph.weights import constant_value
from openpot.layers.layer_rows import RowSampling, choose_calibration_samples
from openpot.measure.side_by_side import load_inputs
from openpot.rewrites.insert_bias import shift_biases
from openpot.trial.output_error import measure_output_error

if TYPE_CHECKING:
    from openpot.engine.openvino_engine import IEEngine
    from openpot.graph.model import CompressedModel
    from openpot.graph.types import Model
    from openpot.statistics.spec import StatisticSpec
    from openpot.typing_aliases import Array

logger = logging.getLogger(__name__)

FEWEST_VALIDATION_SAMPLES = 2
"""With fewer validation samples the fit is taken as it is: errors are a share of what varies between samples."""

NO_HELP = "the outputs came no closer on the validation samples, so nothing was tuned"

Settings = TypeVar("Settings", bound=BaseWeightSparsityConfig)


class SparsityWithBias(SparsityAlgorithm[Settings]):
    """Prunes, then corrects the biases."""

    @property
    def needs_original(self) -> bool:
        """Whether the accurate bias correction is used, which runs the original beside the pruned model."""
        return not self.settings.use_fast_bias

    def extend_context(self, context: PipelineContext) -> PipelineContext:
        """Names the layers whose bias was corrected."""
        return replace(context, corrected_layers=context.corrected_layers.union(self.result.bias.corrected))

    def required_statistics(self, model: CompressedModel) -> tuple[StatisticSpec, ...]:
        """The mean of each input channel of every layer that takes part; nothing for the accurate correction."""
        if not self.settings.use_fast_bias:
            return ()
        return tuple(
            specify_mean_input(candidate.layer) for candidate in find_prunable_layers(model, self.settings).layers
        )

    def apply(self, model: CompressedModel, calibration: Calibration) -> SparsityResult:
        """Prune all layers that take part and correct their biases."""
        prunable = find_prunable_layers(model, self.settings)
        result = self._correct(model, prunable, prune(prunable, self.settings), calibration, {})
        logger.info("Sparsity of the layers:\n%s", result)
        return result

    def _correct(
        self,
        model: CompressedModel,
        prunable: PrunableLayers,
        pruned: SparsityResult,
        calibration: Calibration,
        measured: Mapping[str, Array],
    ) -> SparsityResult:
        """Correct biases, in place; ``measured`` are shifts that need not be computed."""
        settings = self.settings
        if settings.use_fast_bias:
            bias = _correct_biases(prunable.layers, calibration.statistics, settings.threshold, measured)
        else:
            changed = {"apply_for_all_nodes": True, "threshold": settings.threshold}
            correction = BiasCorrection(
                settings.extract_part(BiasCorrectionConfig).model_copy(update=changed), self._engine
            )
            layers = frozenset(candidate.layer.name for candidate in prunable.layers)
            bias = correction.correct(model, calibration.original or model, layers=layers)
        return replace(pruned, bias=bias)


class BaseWeightSparsity(SparsityWithBias[BaseWeightSparsityConfig]):
    """Magnitude sparsity with bias correction.

    ``result`` is a :class:`SparsityResult`. Keys: those of
    :class:`openpot.config.sparsity.BaseWeightSparsityConfig`.
    """

    name = "BaseWeightSparsity"
    config_class: ClassVar = BaseWeightSparsityConfig


class WeightSparsity(SparsityWithBias[WeightSparsityConfig]):
    """The sparsity that suits most networks: that of :class:`BaseWeightSparsity`, with fitted layers if asked for.

    ``result`` is a :class:`SparsityResult`. Keys: those of :class:`openpot.config.sparsity.WeightSparsityConfig`.
    """

    name = "WeightSparsity"
    config_class: ClassVar = WeightSparsityConfig

    def prepare(self, model: CompressedModel) -> None:
        """As for any sparsity.

        Raises:
            EngineError: the layers are to be tuned and cannot be.
        """
        if self.settings.use_layerwise_tuning:
            require_direct_engine(self._engine, "use_layerwise_tuning", model)
        super().prepare(model)

    def apply(self, model: CompressedModel, calibration: Calibration) -> SparsityResult:
        """Prune all layers that take part, fit what is left if asked and if it helps, and correct biases."""
        settings = self.settings
        if not settings.use_layerwise_tuning:
            return super().apply(model, calibration)
        engine = require_direct_engine(self._engine, "use_layerwise_tuning", model)
        samples = choose_calibration_samples(engine, self.calibration_subset(), settings.calibration_indices_pool)
        original, fitted = model.copy(), model.copy()
        row_sampling = RowSampling(samples, settings.num_samples_for_tuning, settings.seed)
        after = self._prune_in_steps(engine, fitted, calibration, row_sampling)
        before = super().apply(model, calibration)
        validation_samples = [sample for place, sample in enumerate(samples) if is_validation_position(place)]
        if len(validation_samples) >= FEWEST_VALIDATION_SAMPLES:
            graph = original.members[0].model
            feeds = load_inputs(graph, engine.data_loader, validation_samples, settings=engine.inference_settings)
            errors = [measure_output_error(graph, candidate.members[0].model, feeds) for candidate in (model, fitted)]
            if errors[1] >= errors[0]:
                logger.info("layer-wise tuning: %s (%.4f without, %.4f with it)", NO_HELP, *errors)
                return replace(before, error_before=errors[0], error_after=errors[1], reason=NO_HELP)
            after = replace(after, error_before=errors[0], error_after=errors[1])
        model.take_over(fitted)
        return after

    def _prune_in_steps(
        self, engine: IEEngine, model: CompressedModel, calibration: Calibration, row_sampling: RowSampling
    ) -> SparsityResult:
        """Prune in two steps with a fit of what is left after each, and correct biases, in place."""
        settings = self.settings
        prunable = find_prunable_layers(model, settings)
        tuner = SparseTuner(
            engine, model, [(candidate.layer, candidate.weights) for candidate in prunable.layers], row_sampling
        )
        result = SparsityResult()
        for level in plan_sparsity_levels(settings.sparsity_level):
            present = find_prunable_layers(model, settings)
            result = prune(present, settings.model_copy(update={"sparsity_level": level}))
            tuner.fit(model.members[0].model, settings.tuning_iterations, settings.weight_decay)
        result = self._correct(model, prunable, result, calibration, tuner.compute_shifts(model.members[0].model))
        return replace(
            result,
            tuned=tuple(
                candidate.layer.name for candidate in prunable.layers if candidate.layer.name not in tuner.skipped
            ),
        )


def _correct_biases(
    layers: tuple[PrunableLayer, ...],
    observed: Mapping[StatisticSpec, Array],
    threshold: float,
    measured: Mapping[str, Array],
) -> BiasCorrectionResult:
    """Shift the bias of each layer by what its lost weights gave in the mean, as ``measured`` if it was."""
    records: list[BiasRecord] = []
    shifts: dict[Model, dict[str, Array]] = {}
    checks = {
        graph: ShiftCheck(snapshot_from_model(graph), NodeIndex(graph), threshold)
        for graph in dict.fromkeys(candidate.graph for candidate in layers)
    }
    for candidate in layers:
        nodes = checks[candidate.graph].nodes
        left = constant_value(nodes, nodes.input(candidate.layer.weights).get_source_output())
        mean_input = observed.get(specify_mean_input(candidate.layer))
        if mean_input is None:
            records.append(BiasRecord(candidate.layer.name, False, 0.0, REASON))
            continue
        record, shift = checks[candidate.graph].check(
            candidate.layer, candidate.weights, left, mean_input, measured.get(candidate.layer.name)
        )
        records.append(record)
        if shift is not None:
            shifts.setdefault(candidate.graph, {})[candidate.layer.name] = shift
    for graph, changes in shifts.items():
        shift_biases(graph, changes)
    return BiasCorrectionResult(tuple(records))
