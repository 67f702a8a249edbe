"""The recipe that the outputs lead: ranges, bias shifts and precision are what keeps them close to the float model.

One calibration pass observes the ranges. A trial graph, compiled once, then answers on a few calibration samples
whether the widest or the average ranges of activations keep the outputs closer to the float model, how far the bias of
each layer is to be shifted, and whether that helps (:mod:`openpot.search.decide`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from openpot.algorithms.min_max import MinMaxQuantization
from openpot.config.algorithms import DefaultQuantizationConfig, FastBiasCorrectionConfig, MinMaxConfig
from openpot.errors import OpenPotError
from openpot.recipes.default_recipe import DefaultQuantizationResult, DefaultRecipe
from openpot.recipes.trial_samples import MIN_TRIAL_SAMPLES, TrialSamples
from openpot.recipes.without_trial import correct_without_trial
from openpot.search.decide import EvidenceSettings, decide_by_outputs

if TYPE_CHECKING:
    from openpot.algorithms.context import Calibration
    from openpot.engine.base import Engine
    from openpot.graph.model import CompressedModel


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
            settings.part(MinMaxConfig),
            engine,
            offers_average_ranges=single,
            stops_early=single and settings.early_stop,
        )
        super().__init__(engine, min_max)
        self._evidence_settings = EvidenceSettings(settings.target_device, settings.max_output_error)
        self._bias_config = settings.part(FastBiasCorrectionConfig)

    def quantize(
        self, model: CompressedModel, original: CompressedModel, calibration: Calibration, samples: TrialSamples
    ) -> DefaultQuantizationResult:
        """Insert the quantizers; then choose ranges, shift biases, and leave in float what the outputs want there."""
        done = self.min_max.apply(model, calibration)
        observed = self.observed_samples(calibration)
        if model.is_cascade or not done.quantizers or len(samples.feeds) < MIN_TRIAL_SAMPLES:
            return DefaultQuantizationResult(done, observed=observed)
        reference = original.members[0].model
        try:
            decided = decide_by_outputs(reference, model, done, samples.feeds, self._evidence_settings)
        except (OpenPotError, RuntimeError) as error:
            bias = correct_without_trial(original, model, done.plan, self._bias_config, self._engine, error)
            return DefaultQuantizationResult(done, bias=bias, observed=observed)
        return DefaultQuantizationResult(
            decided.min_max, evidence=decided.evidence, observed=observed, tried=samples.numbers
        )
