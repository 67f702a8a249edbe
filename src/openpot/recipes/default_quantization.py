"""DefaultQuantization: two recipes behind one name, and what may be asked for on top of either.

By default the outputs lead (:mod:`openpot.recipes.output_led_recipe`). With POT's placement, for the devices GNA, GNA3
and GNA3.5, with a bias correction that is asked for by name, and with engines that keep their data or their inferences
to themselves it does what POT did (:mod:`openpot.recipes.pot_recipe`).

Afterwards, if asked for, measured times choose what stays in float, and layers are tuned one by one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from openpot.algorithms.calibrated import CalibratedAlgorithm
from openpot.algorithms.context import Calibration, PipelineContext
from openpot.algorithms.layerwise_tuning import tune_layers
from openpot.algorithms.placement import needs_saturation_fix
from openpot.config.algorithms import DefaultQuantizationConfig
from openpot.engine.direct_engine import require_direct_engine
from openpot.errors import EngineError
from openpot.graph.restored_model import restored_on_failure
from openpot.layers.layer_rows import RowSampling, choose_calibration_samples
from openpot.measure.executed_graph import ExecutedGraph, read_executed_graph
from openpot.measure.side_by_side import find_device_for
from openpot.optional_stage import optional_stage
from openpot.placement.placement_default import RECURRENT_REASON
from openpot.placement.plan import QuantizationPlan
from openpot.progress import current_progress, stage
from openpot.recipes.default_recipe import DefaultQuantizationResult, DefaultRecipe, follows_pot
from openpot.recipes.float_reference import FloatReference
from openpot.recipes.output_led_recipe import OutputLedRecipe
from openpot.recipes.trial_samples import TrialSamples, can_be_tried
from openpot.search.choose_by_latency import LatencySearch
from openpot.search.connections import quantize_connections
from openpot.search.evidence import find_error_limit
from openpot.search.latency import revert_slow_units
from openpot.search.quantized_variant import QuantizedVariant
from openpot.search.recurrent_layers import RecurrentSettings, quantize_recurrent_layers
from openpot.search.smoothing import SmoothingResult, find_groups, is_smoothed, smooth
from openpot.search.unused_quantizers import remove_unused_quantizers
from openpot.search.weight_storage import choose_storage
from openpot.statistics.calibration_subset import CalibrationSubset

if TYPE_CHECKING:
    from openpot.algorithms.layerwise_tuning import LayerwiseTuningResult
    from openpot.engine.base import Engine
    from openpot.graph.model import CompressedModel
    from openpot.graph.types import Model
    from openpot.statistics.spec import StatisticSpec

SMOOTHING = "smoothing the data of matrix products"
STORAGE = "looking whether half precision will do for float weights"
UNUSED = "looking for quantizers that buy no INT8 kernel"
CONNECTIONS = "trying additions on 8-bit data"
RECURRENT = "trying recurrent layers in INT8"
NOT_TIMED = "What stays in float is decided without times"


class DefaultQuantization(CalibratedAlgorithm[DefaultQuantizationConfig]):
    """The quantization that suits most networks.

    ``result`` is a :class:`openpot.recipes.default_recipe.DefaultQuantizationResult`. Keys: those of
    :class:`openpot.config.algorithms.DefaultQuantizationConfig`, which reach the parts they belong to.

    Args:
        config: parameters.
        engine: runs the model on the calibration samples.
        corrects_overflow: on GNA, make sums fit into 32 bits.

    Attributes:
        recipe: what is done.
    """

    name = "DefaultQuantization"
    config_class: ClassVar = DefaultQuantizationConfig

    def __init__(self, config: Any = None, engine: Engine | None = None, *, corrects_overflow: bool = True) -> None:
        super().__init__(config, engine)
        self._corrects_overflow = corrects_overflow
        self._smoothing = SmoothingResult()
        self._samples: TrialSamples | None = None
        self.recipe = self._make_recipe()

    def _make_recipe(self) -> DefaultRecipe:
        settings = self.settings
        if settings.use_fast_bias is None and not follows_pot(settings) and can_be_tried(self._engine):
            return OutputLedRecipe(settings, self._engine)
        from openpot.recipes.pot_recipe import PotRecipe

        return PotRecipe(settings, self._engine, self._corrects_overflow)

    def update_config(self, config: Mapping[str, Any]) -> None:
        """Replace the parameters, of the parts too."""
        super().update_config(config)
        self.recipe = self._make_recipe()

    def plan(self, model: CompressedModel) -> QuantizationPlan:
        """What would be quantized how, and why the rest is not; needs no data and changes nothing."""
        return self.recipe.min_max.plan(model)

    def prepare(self, model: CompressedModel) -> None:
        """Fold batch normalisation, and what else the recipe does first.

        Raises:
            AlreadyQuantizedError: the model holds FakeQuantize operations.
            EngineError: the model is to be timed, or its layers are to be tuned, and that cannot be done.
        """
        if self.settings.use_layerwise_tuning:
            require_direct_engine(self._engine, "use_layerwise_tuning", model)
        if self.settings.goes_by_latency:
            self._require_timing(model)
        self.recipe.prepare(model, self.context)
        if not is_smoothed(model):
            self._smoothing, self._samples = SmoothingResult(), None
            if isinstance(self.recipe, OutputLedRecipe) and self._engine is not None and not model.is_cascade:
                with optional_stage(SMOOTHING, "Nothing is smoothed"), restored_on_failure(model):
                    self._smooth(model)

    def _smooth(self, model: CompressedModel) -> None:
        groups = find_groups(model, self.plan(model))
        if not groups:
            return
        self._samples = self._make_trial_samples(model.copy())
        if self._samples.is_enough:
            self._smoothing = smooth(model, groups, self._samples.feeds)

    def _make_trial_samples(self, original: CompressedModel) -> TrialSamples:
        subset = CalibrationSubset.from_settings(self.settings)
        return TrialSamples(self._engine, subset, original.members[0].model)

    def calibration_subset(self) -> CalibrationSubset:
        """The samples that the statistics are collected on."""
        return self.recipe.calibration_subset()

    def required_statistics(self, model: CompressedModel) -> tuple[StatisticSpec, ...]:
        """What the recipe needs."""
        return self.recipe.required_statistics(model)

    def extend_context(self, context: PipelineContext) -> PipelineContext:
        """Names the layers whose bias was corrected by name."""
        bias = self.result.bias
        return (
            context if bias is None else replace(context, corrected_layers=context.corrected_layers | {*bias.corrected})
        )

    def apply(self, model: CompressedModel, calibration: Calibration) -> DefaultQuantizationResult:
        """Follow the recipe, then remove what buys nothing; go by measured times and tune layers as asked for."""
        original = model.copy()
        reference = FloatReference(original, self._samples or self._make_trial_samples(original))
        done = self._follow(self.recipe, model, reference, calibration)
        if self.settings.goes_by_latency:
            with optional_stage("timing the operations", NOT_TIMED), restored_on_failure(model):
                done = self._go_by_latency(reference, model, done)
            if done.curve is None and done.latency is None and isinstance(self.recipe, OutputLedRecipe):
                model.take_over(original.copy())
                done = self._follow(self.recipe.copy_without_latency(), model, reference, calibration)
        if self.settings.use_layerwise_tuning:
            with optional_stage("tuning the layers", "Their weights are rounded as before"), restored_on_failure(model):
                done = replace(done, tuning=self._tune(original, model, done))
        return done

    def _follow(
        self,
        recipe: DefaultRecipe,
        model: CompressedModel,
        reference: FloatReference,
        calibration: Calibration,
    ) -> DefaultQuantizationResult:
        """The model as the recipe quantizes it, without what buys nothing and with what needs the finished model."""
        done = recipe.quantize(model, reference, calibration)
        done = replace(done, smoothing=self._smoothing, min_max=self._smoothing.explain(done.min_max))
        if done.evidence is not None:
            with optional_stage(STORAGE, "They are stored in half precision"):
                done = self._choose_storage(reference, model, done)
        if done.min_max.plan.placement == "openpot" and done.min_max.quantizers and not model.is_cascade:
            with optional_stage(UNUSED, "Some may remain"), restored_on_failure(model):
                done = self._remove_unused_quantizers(reference, model, done)
        if isinstance(recipe, OutputLedRecipe) and not model.is_cascade:
            with optional_stage(CONNECTIONS, "They read float data"), restored_on_failure(model):
                done = self._quantize_connections(reference, model, done)
            with optional_stage(RECURRENT, "They stay in float"), restored_on_failure(model):
                done = self._quantize_recurrent_layers(reference, model, done)
        return done

    def _make_variant(
        self, reference: FloatReference, model: CompressedModel, done: DefaultQuantizationResult
    ) -> QuantizedVariant:
        return QuantizedVariant("placed", reference.model, model, done.min_max, self.settings.target_device)

    def _choose_storage(
        self, reference: FloatReference, model: CompressedModel, done: DefaultQuantizationResult
    ) -> DefaultQuantizationResult:
        device = find_device_for(self.settings.target_device)
        if device is None or done.evidence is None:
            return done
        evidence, limit = done.evidence, find_error_limit(self.settings.max_output_error, done.evidence)
        measure = lambda saved: reference.outputs.measure(saved, device).error  # noqa: E731
        error = choose_storage(model, measure, evidence.error, limit)
        if not model.stores_exactly:
            return done
        return replace(done, evidence=evidence.add_step("float weights stored exactly", error))

    def _remove_unused_quantizers(
        self, reference: FloatReference, model: CompressedModel, done: DefaultQuantizationResult
    ) -> DefaultQuantizationResult:
        device = find_device_for(self.settings.target_device)
        if device is None:
            return done
        variant = self._make_variant(reference, model, done)

        def read_executed(saved: Model) -> ExecutedGraph:
            if done.evidence is None:
                return read_executed_graph(saved, device)
            return reference.outputs.measure(saved, device).executed  # additions are compared with the same run

        used = remove_unused_quantizers(variant, read_executed)
        if used is not variant:
            model.take_over(used.model)
        return replace(done, min_max=used.min_max)

    def _quantize_connections(
        self, reference: FloatReference, model: CompressedModel, done: DefaultQuantizationResult
    ) -> DefaultQuantizationResult:
        device = find_device_for(self.settings.target_device)
        if device is None or done.evidence is None:
            return done
        variant = self._make_variant(reference, model, done)
        limit = find_error_limit(self.settings.max_output_error, done.evidence)
        with stage(current_progress(), "trying additions and poolings in 8 bits"):
            connected = quantize_connections(variant, reference.outputs, done.evidence.error, limit, device)
        if connected.error is None:
            return done
        model.take_over(connected.variant.model)
        evidence = done.evidence.add_step("additions in 8 bits", connected.error)
        return replace(done, min_max=connected.variant.min_max, evidence=evidence)

    def _quantize_recurrent_layers(
        self, reference: FloatReference, model: CompressedModel, done: DefaultQuantizationResult
    ) -> DefaultQuantizationResult:
        device = find_device_for(self.settings.target_device)
        has_layers = any(decision.reason.endswith(RECURRENT_REASON) for decision in done.min_max.plan.decisions)
        if (
            device is None
            or not has_layers
            or self.settings.weights.bits not in (None, 8)
            or not reference.samples.is_enough
        ):
            return done
        variant = self._make_variant(reference, model, done)
        limit = find_error_limit(self.settings.max_output_error, done.evidence)
        settings = RecurrentSettings(device, limit, needs_saturation_fix(self.settings))
        with stage(current_progress(), "trying recurrent layers in 8 bits"):
            layers = quantize_recurrent_layers(variant, reference.outputs, settings)
        if layers.variant is not variant:
            model.take_over(layers.variant.model)
        evidence = done.evidence
        if evidence is not None and layers.error is not None:
            evidence = evidence.add_step("recurrent layers in INT8", layers.error)
        return replace(done, min_max=layers.variant.min_max, evidence=evidence)

    def _require_timing(self, model: CompressedModel) -> None:
        device = self.settings.target_device
        require_direct_engine(self._engine, "optimize_for 'latency'", model)
        if find_device_for(device) is None:
            raise EngineError(f"optimize_for 'latency' needs the target device {device} on this machine: leave it out")

    def _go_by_latency(
        self, reference: FloatReference, model: CompressedModel, done: DefaultQuantizationResult
    ) -> DefaultQuantizationResult:
        device = find_device_for(self.settings.target_device)
        assert device is not None  # noqa: S101  looked up in prepare
        variant = self._make_variant(reference, model, done)
        if done.evidence is not None and done.min_max.quantizers:
            limit, goal = self.settings.max_output_error, self.settings.latency_goal
            with stage(current_progress(), "choosing what stays in float by measured times"):
                chosen = LatencySearch(variant, reference.outputs, limit, goal, device).run(done.evidence)
            model.take_over(chosen.model)
            return replace(done, min_max=chosen.min_max, evidence=chosen.evidence, curve=chosen.curve)
        reverted = revert_slow_units(variant, reference.samples.feeds, device)
        model.take_over(reverted.model)
        return replace(done, min_max=reverted.min_max, latency=reverted.result)

    def _tune(
        self,
        original: CompressedModel,
        model: CompressedModel,
        done: DefaultQuantizationResult,
    ) -> LayerwiseTuningResult:
        subset = CalibrationSubset.from_settings(self.settings)
        engine, settings = require_direct_engine(self._engine, "use_layerwise_tuning", model), self.settings
        samples = choose_calibration_samples(engine, subset, settings.calibration_indices_pool)
        row_sampling = RowSampling(samples, settings.num_samples_for_tuning, settings.seed)
        planned = [quantizer.planned for quantizer in done.min_max.quantizers]
        return tune_layers(engine, original.members[0].model, model, planned, settings, row_sampling)
