"""The recipe that the outputs lead: ranges, bias shifts and precision are what keeps them close to the float model.

One calibration pass observes the ranges. A trial graph, compiled once, then answers on a few calibration samples
whether the widest or the average ranges of activations keep the outputs closer to the float model, how far the bias of
each layer is to be shifted, and whether that helps (:mod:`openpot.search.decide`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from openpot.algorithms.min_max import MinMaxQuantization
from openpot.config.algorithms import DefaultQuantizationConfig, FastBiasCorrectionConfig, MinMaxConfig
from openpot.graph.restored_model import restored_on_failure
from openpot.optional_stage import optional_stage
from openpot.progress import current_progress, stage
from openpot.recipes.default_recipe import DefaultQuantizationResult, DefaultRecipe
from openpot.recipes.without_trial import correct_without_trial
from openpot.search.decide import EvidenceSettings, decide_by_outputs
from openpot.search.input_grids import use_input_grids

if TYPE_CHECKING:
    from openpot.algorithms.context import Calibration
    from openpot.engine.base import Engine
    from openpot.graph.model import CompressedModel
    from openpot.recipes.float_reference import FloatReference

WITHOUT_TRIAL = (
    "Ranges and precision are not chosen by the outputs: the ranges are the widest ones, and biases are corrected "
    "layer by layer"
)


class OutputLedRecipe(DefaultRecipe):
    """Min-max quantization, and decisions by the outputs; cascades and data sets of a few samples get the former alone.

    Where the trial fails, biases are corrected layer by layer instead, with a warning.

    Args:
        settings: what the user asked for.
        engine: runs the model on the calibration samples.
    """

    def __init__(self, settings: DefaultQuantizationConfig, engine: Engine | None) -> None:
        single = settings.stat_batch_size == 1
        min_max = MinMaxQuantization(
            settings.extract_part(MinMaxConfig),
            engine,
            offers_average_ranges=single,
            stops_early=single and settings.early_stop,
        )
        super().__init__(engine, min_max)
        # By latency, what is reverted to float is chosen later: by times and errors together.
        limit = None if settings.goes_by_latency else settings.max_output_error
        self._settings = settings
        self._evidence_settings = EvidenceSettings(settings.target_device, limit)
        self._bias_config = settings.extract_part(FastBiasCorrectionConfig)

    def copy_without_latency(self) -> OutputLedRecipe:
        """The same for a model whose operations cannot be timed: the outputs alone say what is reverted to float."""
        settings = self._settings.model_copy(update={"optimize_for": None, "max_latency": None, "min_speedup": None})
        recipe = OutputLedRecipe(settings, self._engine)
        recipe.min_max = self.min_max  # it knows the model that the statistics were collected on
        return recipe

    def quantize(
        self, model: CompressedModel, reference: FloatReference, calibration: Calibration
    ) -> DefaultQuantizationResult:
        """Insert the quantizers; then choose ranges, shift biases, and leave in float what the outputs want there."""
        done = self.min_max.apply(model, calibration)
        original, samples = reference.model, reference.samples
        observed = self.list_observed_samples(original, calibration)
        if model.is_cascade or not done.quantizers:
            return DefaultQuantizationResult(done, observed=observed)
        with optional_stage("the trial of the quantized model", WITHOUT_TRIAL), restored_on_failure(model):
            if not samples.is_enough:
                return DefaultQuantizationResult(done, observed=observed)
            on_grids = done
            with optional_stage("looking for grids of input values", "Inputs keep the ranges that were observed"):
                on_grids = use_input_grids(original.members[0].model, model.members[0].model, done, samples.feeds)
            with stage(current_progress(), "choosing ranges and precision by the outputs"):
                decided = decide_by_outputs(reference.outputs, model, on_grids, self._evidence_settings)
            return DefaultQuantizationResult(
                decided.min_max, evidence=decided.evidence, observed=observed, tried=samples.numbers
            )
        bias = correct_without_trial(original, model, done.plan, self._bias_config, self._engine)
        return DefaultQuantizationResult(done, bias=bias, observed=observed)
