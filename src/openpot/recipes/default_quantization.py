"""DefaultQuantization: min-max quantization, then evidence from the outputs about ranges, biases and precision.

One calibration pass observes the ranges. A trial graph, compiled once, then answers on a few calibration items whether
widest or average ranges of activations keep the outputs closer to the float model, how far each layer is to be shifted,
and whether that helps (:mod:`openpot.search`).

With POT's placement, or with a bias correction that is asked for by name, it does what POT did: channels are evened out
with a pass of their own (POT's placement), ranges follow POT's estimators, and biases are corrected as asked. The
accurate correction tries average ranges as well, without POT's placement, and takes what brings the outputs closer.
That is also what it does for the devices GNA, GNA3 and GNA3.5, where sums that would not fit into 32 bits are made to
at last.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from openpot.algorithms.base import Algorithm
from openpot.algorithms.bias_correction import BiasCorrection
from openpot.algorithms.calibrated import CalibratedAlgorithm
from openpot.algorithms.channel_alignment import ActivationChannelAlignment
from openpot.algorithms.fast_bias_correction import FastBiasCorrection
from openpot.algorithms.layerwise_tuning import tune_layers
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
from openpot.engine.direct_engine import find_direct_engine, require_direct_engine
from openpot.errors import EngineError, OpenPotError
from openpot.inference.model_inputs import describe_inputs
from openpot.layers.layer_rows import RowDrawing, calibration_items
from openpot.measure.side_by_side import device_for, inputs_of_items
from openpot.placement.plan import QuantizationPlan
from openpot.recipes.without_trial import correct_without_trial
from openpot.search.decide import EvidenceSettings, decide_by_outputs
from openpot.search.latency import faster
from openpot.search.quantized_variant import QuantizedVariant
from openpot.statistics.calibration_subset import evenly_spaced

if TYPE_CHECKING:
    from openpot.algorithms.records import (
        BiasCorrectionResult,
        ChannelAlignmentResult,
        LayerwiseTuningResult,
        MinMaxResult,
        OverflowCorrectionResult,
    )
    from openpot.engine.base import Engine
    from openpot.graph.model import CompressedModel
    from openpot.graph.types import Model
    from openpot.search.evidence import Evidence
    from openpot.search.latency import LatencyResult
    from openpot.statistics.spec import StatisticSpec
    from openpot.typing_aliases import Array


TRIAL_ITEMS = 20
"""How many calibration items the trial takes at most, spread evenly: more do not tell more (``docs/accuracy.md``)."""
TRIAL_SHARE = 3
"""The trial takes one item of so many, so that it costs no more than the calibration does,"""
FEW_TRIAL_ITEMS = 10
"""but so many if there are: six fit, which is enough, and four judge."""
MIN_TRIAL_ITEMS = 6
"""With fewer items nothing is tried: two have to judge, for an error is told as a share of what varies between them,
and what helps on one or two of the others is luck."""


@dataclass(frozen=True, eq=False)
class DefaultQuantizationResult:
    """What the parts of DefaultQuantization did.

    Attributes:
        min_max: the quantizers.
        alignment: evened-out channels; None if that was no part of it.
        bias: bias correction by name, or because the outputs could not be asked; None if the evidence took its place.
        evidence: what the outputs decided; None where they could not be asked.
        overflow: sums that were made to fit into 32 bits (GNA); None on other devices.
        observed: numbers of the items that the ranges rest on, and
        tried: of those that decided, where the outputs were asked.
        tuning: layer-wise tuning; None if it was not asked for.
        latency: what the clock decided; None if it was not asked.
    """

    min_max: MinMaxResult
    alignment: ChannelAlignmentResult | None = None
    bias: BiasCorrectionResult | None = None
    evidence: Evidence | None = None
    overflow: OverflowCorrectionResult | None = None
    observed: tuple[int, ...] = ()
    tried: tuple[int, ...] = ()
    tuning: LayerwiseTuningResult | None = None
    latency: LatencyResult | None = None


class DefaultQuantization(CalibratedAlgorithm[DefaultQuantizationConfig]):
    """The quantization that suits most networks.

    ``result`` is a :class:`DefaultQuantizationResult`. Keys: those of
    :class:`openpot.config.algorithms.DefaultQuantizationConfig`, which reach the parts they belong to.

    Attributes:
        alignment: evens out channels before anything is quantized; None if the evidence decides.
        min_max: inserts the quantizers.
        bias: corrects biases afterwards; None if the evidence decides.
        overflow: makes sums fit into 32 bits at last; None unless the target device is GNA.
    """

    name = "DefaultQuantization"
    config_model: ClassVar = DefaultQuantizationConfig

    def __init__(self, config: Any = None, engine: Engine | None = None) -> None:
        super().__init__(config, engine)
        self._make_parts()

    def _make_parts(self) -> None:
        settings, engine = self.settings, self._engine
        min_max, device = settings.part(MinMaxConfig), settings.device
        as_pot = device.needs_pot_placement or settings.placement == "pot"
        self.min_max = MinMaxQuantization(min_max.model_copy(update={"placement": "pot"} if as_pot else {}), engine)
        self.alignment: ActivationChannelAlignment | None = None
        self.bias: FastBiasCorrection | BiasCorrection | None = None
        self.overflow = (
            OverflowCorrection(settings.part(OverflowCorrectionConfig), engine) if device.sums_may_overflow else None
        )
        if as_pot:
            self.alignment = ActivationChannelAlignment(settings.part(ChannelAlignmentConfig), engine)
            self.alignment.enough_items = None
        if settings.use_fast_bias is False:
            self.bias = BiasCorrection(settings.part(BiasCorrectionConfig), engine)
        elif settings.use_fast_bias or as_pot or not can_be_tried(engine):
            self.bias = FastBiasCorrection(settings.part(FastBiasCorrectionConfig), engine)
        single = settings.stat_batch_size == 1 and not as_pot and can_be_tried(engine)
        self.min_max.offers_average_ranges = single and not isinstance(self.bias, FastBiasCorrection)
        self.min_max.stops_early = single and self.bias is None and settings.early_stop

    def update_config(self, config: Mapping[str, Any]) -> None:
        """Replace the parameters, of the parts too."""
        super().update_config(config)
        self._make_parts()

    @property
    def parts(self) -> tuple[Algorithm, ...]:
        """Those that share a calibration pass, and this algorithm, which asks for nothing of its own."""
        return (self, self.min_max) if self.bias is None else (self, self.min_max, self.bias)

    def plan(self, model: CompressedModel) -> QuantizationPlan:
        """What would be quantized how, and why the rest is not; needs no data and changes nothing."""
        return self.min_max.plan(model)

    def prepare(self, model: CompressedModel) -> None:
        """Fold batch normalisation, and even out channels where that was asked for.

        Raises:
            AlreadyQuantizedError: the model holds FakeQuantize operations.
            EngineError: the model is to be timed and cannot be.
        """
        if self.settings.optimize_for == "latency":
            self._require_timing(model)
        self.min_max.prepare(model)
        if self.alignment is not None:
            self.alignment.run(model)
            self.min_max.earlier_results = (*self.earlier_results, self.alignment.result)
        if isinstance(self.bias, FastBiasCorrection):
            self.bias.only = self.min_max.plan(model).layers_with_weights

    def apply(self, model: CompressedModel, observed: Mapping[StatisticSpec, Array]) -> DefaultQuantizationResult:
        """Insert the quantizers, correct biases as asked or as the outputs decide, and tune the layers if asked."""
        del observed
        is_timed, is_tuned = self.settings.optimize_for == "latency", self.settings.use_layerwise_tuning
        if is_tuned:
            require_direct_engine(self._engine, "use_layerwise_tuning", model)
        original = model.copy()
        done, feeds = self._quantized(original, model)
        if is_timed:
            done = self._faster(original, model, done, feeds or self._trial_items(original)[1])
        if is_tuned:
            done = replace(done, tuning=self._tuned(original.members[0].model, model, done.min_max))
        return done

    def _quantized(
        self, original: CompressedModel, model: CompressedModel
    ) -> tuple[DefaultQuantizationResult, list[dict[int, Array]]]:
        """What was done, and the inputs that decided; empty where the outputs were not asked."""
        self.min_max.run(model)
        done: MinMaxResult = self.min_max.result
        alignment = None if self.alignment is None else self.alignment.result
        if self.bias is not None:
            if isinstance(self.bias, BiasCorrection):
                self.bias.other_limits = done.average
            self.bias.run(model)
            if self.bias.result.other_limits:
                done = self.min_max.result = with_average_limits(done)
            if self.overflow is not None:
                self.overflow.run(model)  # a pass of its own, because the sums are those of corrected layers
            overflow = None if self.overflow is None else self.overflow.result
            return DefaultQuantizationResult(done, alignment, self.bias.result, overflow=overflow), []
        tried, feeds = ((), []) if model.is_cascade else self._trial_items(original)
        if len(feeds) < MIN_TRIAL_ITEMS or not done.quantizers:
            return DefaultQuantizationResult(done, alignment), feeds
        observed_items = self._observed_items()
        settings = EvidenceSettings(self.settings.target_device, self.settings.max_output_error)
        reference, quantized = original.members[0].model, model.members[0].model
        try:
            decided = decide_by_outputs(reference, quantized, done, feeds, settings)
        except (OpenPotError, RuntimeError) as error:
            fast = self.settings.part(FastBiasCorrectionConfig)
            bias = correct_without_trial(original, model, done.plan, fast, self._engine, error)
            return DefaultQuantizationResult(done, alignment, bias, observed=observed_items), feeds
        self.min_max.result = decided.min_max
        found = DefaultQuantizationResult(
            decided.min_max, alignment, evidence=decided.evidence, observed=observed_items, tried=tried
        )
        return found, feeds

    def _require_timing(self, model: CompressedModel) -> None:
        device = self.settings.target_device
        require_direct_engine(self._engine, "optimize_for 'latency'", model)
        if device_for(device) is None:
            raise EngineError(f"optimize_for 'latency' needs the target device {device} on this machine: leave it out")

    def _faster(
        self,
        original: CompressedModel,
        model: CompressedModel,
        done: DefaultQuantizationResult,
        feeds: list[dict[int, Array]],
    ) -> DefaultQuantizationResult:
        """Without what INT8 makes slower on this machine."""
        device = device_for(self.settings.target_device)
        assert device is not None  # noqa: S101  looked up in prepare
        variant = QuantizedVariant("timed", original, model, done.min_max, self.settings.target_device)
        found = faster(variant, feeds, device)
        model.replace_member(0, found.model.members[0].model)
        self.min_max.result = found.min_max
        return replace(done, min_max=found.min_max, latency=found.result)

    def _tuned(self, original: Model, model: CompressedModel, done: MinMaxResult) -> LayerwiseTuningResult:
        engine, settings = require_direct_engine(self._engine, "use_layerwise_tuning", model), self.settings
        items = calibration_items(engine, self.calibration_subset(), settings.calibration_indices_pool)
        drawing = RowDrawing(items, settings.num_samples_for_tuning, settings.seed)
        return tune_layers(engine, original, model, [one.planned for one in done.quantizers], settings, drawing)

    def _observed_items(self) -> tuple[int, ...]:
        """Numbers of the items that the ranges rest on."""
        engine = self._engine
        assert engine is not None  # noqa: S101  there are ranges
        subset = self.min_max.calibration_subset()
        items = subset.items(engine)
        inferences = self.min_max.inferences_observed
        return items if inferences is None else items[: inferences * subset.batch_size]

    def _trial_items(self, original: CompressedModel) -> tuple[tuple[int, ...], list[dict[int, Array]]]:
        """Numbers of the items that decide, and inputs for one inference after the other."""
        engine = require_direct_engine(self._engine, "a trial by the outputs", original)
        subset = self.calibration_subset()
        items = subset.items(engine)
        reference = original.members[0].model
        size = fixed_batch_size(reference, subset.batch_size)
        batches = [items[start : start + size] for start in range(0, len(items) - size + 1, size)]
        positions = evenly_spaced(len(batches), trial_size(len(batches)))
        chosen = tuple(item for position in positions for item in batches[position])
        return chosen, inputs_of_items(reference, engine.data_loader, chosen, batch_size=size) if chosen else []


def with_average_limits(done: MinMaxResult) -> MinMaxResult:
    """The record of quantizers that got their average limits."""
    quantizers = (replace(one, limits=done.average.get(one.name, one.limits)) for one in done.quantizers)
    return replace(done, quantizers=tuple(quantizers))


def trial_size(available: int) -> int:
    """How many inferences decide, of so many that the calibration makes."""
    return min(TRIAL_ITEMS, max(FEW_TRIAL_ITEMS, available // TRIAL_SHARE))


def can_be_tried(engine: Engine | None) -> bool:
    """Whether models can be run directly on the samples of an engine; without an engine nothing speaks against it."""
    return engine is None or find_direct_engine(engine) is not None


def fixed_batch_size(model: Model, batch_size: int) -> int:
    """``batch_size`` if the model takes no other number of items, else 1: single items tell most."""
    return batch_size if any(one.shape and one.shape[0] == batch_size for one in describe_inputs(model)) else 1
