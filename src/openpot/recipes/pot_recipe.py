"""POT's recipe: channels aligned, ranges by estimators, biases corrected, and on GNA sums that fit into 32 bits.

Channels are aligned, with a pass of their own, with POT's placement only. The accurate bias correction tries average
ranges too, without POT's placement, and takes what brings the outputs closer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from openpot.algorithms.bias_correction import BiasCorrection
from openpot.algorithms.channel_alignment import ActivationChannelAlignment
from openpot.algorithms.fast_bias_correction import FastBiasCorrection
from openpot.algorithms.min_max import MinMaxQuantization
from openpot.algorithms.overflow_correction import OverflowCorrection
from openpot.config.algorithms import (
    BiasCorrectionConfig,
    ChannelAlignmentConfig,
    DefaultQuantizationConfig,
    FastBiasCorrectionConfig,
    MinMaxConfig,
)
from openpot.config.weight_correction import OverflowCorrectionConfig
from openpot.graph.restored_model import restored_on_failure
from openpot.optional_stage import optional_stage
from openpot.recipes.default_recipe import DefaultQuantizationResult, DefaultRecipe, follows_pot
from openpot.recipes.trial_samples import can_be_tried
from openpot.recipes.without_trial import correct_without_trial

if TYPE_CHECKING:
    from openpot.algorithms.bias_records import BiasCorrectionResult
    from openpot.algorithms.channel_alignment import ChannelAlignmentResult
    from openpot.algorithms.context import Calibration, PipelineContext
    from openpot.algorithms.min_max import MinMaxResult
    from openpot.engine.base import Engine
    from openpot.graph.model import CompressedModel
    from openpot.recipes.float_reference import FloatReference
    from openpot.statistics.spec import StatisticSpec


class PotRecipe(DefaultRecipe):
    """Min-max quantization and a bias correction.

    Args:
        settings: what the user asked for.
        engine: runs the model on the calibration samples.
        corrects_overflow: make sums fit into 32 bits on the devices that need it.

    Attributes:
        alignment: aligns channels before anything is quantized; None without POT's placement.
        bias: corrects biases afterwards.
        overflow: makes sums fit into 32 bits at last; None on devices that need no such thing.
    """

    def __init__(
        self, settings: DefaultQuantizationConfig, engine: Engine | None, corrects_overflow: bool = True
    ) -> None:
        as_pot = follows_pot(settings)
        is_accurate = settings.use_fast_bias is False
        offers_average = is_accurate and not as_pot and settings.stat_batch_size == 1 and can_be_tried(engine)
        placed = settings.extract_part(MinMaxConfig).model_copy(update={"placement": "pot"} if as_pot else {})
        super().__init__(engine, MinMaxQuantization(placed, engine, offers_average_ranges=offers_average))
        self.alignment: ActivationChannelAlignment | None = None
        if as_pot:
            config = settings.extract_part(ChannelAlignmentConfig)
            self.alignment = ActivationChannelAlignment(config, engine, max_samples=None)
        self.bias: FastBiasCorrection | BiasCorrection
        if is_accurate:
            self.bias = BiasCorrection(settings.extract_part(BiasCorrectionConfig), engine)
        else:
            self.bias = FastBiasCorrection(settings.extract_part(FastBiasCorrectionConfig), engine)
        self.overflow: OverflowCorrection | None = None
        if settings.device.sums_may_overflow and corrects_overflow:
            self.overflow = OverflowCorrection(settings.extract_part(OverflowCorrectionConfig), engine)
        self.aligns_channels = as_pot
        self._fast_bias_config = settings.extract_part(FastBiasCorrectionConfig)
        self._aligned: ChannelAlignmentResult | None = None

    def prepare(self, model: CompressedModel, context: PipelineContext) -> None:
        """Fold batch normalisation, and align channels where POT did.

        Raises:
            AlreadyQuantizedError: the model holds FakeQuantize operations.
        """
        super().prepare(model, context)
        if self.alignment is not None:
            self.alignment.run(model)
            self._aligned = self.alignment.result
            self.min_max.receive_context(self.alignment.extend_context(context))

    def required_statistics(self, model: CompressedModel) -> tuple[StatisticSpec, ...]:
        """Both ends of the ranges and, for the fast correction, the means of the inputs of layers to be quantized."""
        ranges = self.min_max.required_statistics(model)
        if isinstance(self.bias, BiasCorrection):
            return ranges
        layers = self.min_max.plan(model).layers_with_weights
        return (*ranges, *self.bias.required_statistics(model, layers))

    def quantize(
        self, model: CompressedModel, reference: FloatReference, calibration: Calibration
    ) -> DefaultQuantizationResult:
        """Insert the quantizers, correct the biases, and make sums fit."""
        original = reference.model
        done = self.min_max.apply(model, calibration)
        bias = self._correct_biases(model, original, calibration, done)
        if bias is not None and bias.other_limits:
            done = done.replace_limits(done.average)
        overflow = None
        if self.overflow is not None:
            self.overflow.run(model)  # a pass of its own, because the sums are those of corrected layers
            overflow = self.overflow.result
        observed = self.list_observed_samples(original, calibration)
        return DefaultQuantizationResult(done, self._aligned, bias, overflow=overflow, observed=observed)

    def _correct_biases(
        self, model: CompressedModel, original: CompressedModel, calibration: Calibration, done: MinMaxResult
    ) -> BiasCorrectionResult | None:
        if isinstance(self.bias, FastBiasCorrection):
            return self.bias.apply(model, calibration)
        with (
            optional_stage("the accurate bias correction", "Biases are corrected layer by layer"),
            restored_on_failure(model),
        ):
            return self.bias.correct(model, original, other_limits=done.average)
        return correct_without_trial(original, model, done.plan, self._fast_bias_config, self._engine)
