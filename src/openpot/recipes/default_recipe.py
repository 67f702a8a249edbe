"""What the two recipes of DefaultQuantization have in common: min-max quantization, and the record of what was done."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from openpot.algorithms.min_max import MinMaxQuantization, MinMaxResult
from openpot.engine.direct_engine import find_direct_engine
from openpot.inference.fixed_batch import count_samples_of_inference

if TYPE_CHECKING:
    from openpot.algorithms.bias_records import BiasCorrectionResult
    from openpot.algorithms.channel_alignment import ChannelAlignmentResult
    from openpot.algorithms.context import Calibration, PipelineContext
    from openpot.algorithms.layerwise_tuning import LayerwiseTuningResult
    from openpot.algorithms.overflow_correction import OverflowCorrectionResult
    from openpot.config.algorithms import DefaultQuantizationConfig
    from openpot.engine.base import Engine
    from openpot.graph.model import CompressedModel
    from openpot.recipes.float_reference import FloatReference
    from openpot.search.evidence import Evidence
    from openpot.search.latency import LatencyResult
    from openpot.search.latency_curve import LatencyCurve
    from openpot.search.smoothing import SmoothingResult
    from openpot.statistics.calibration_subset import CalibrationSubset
    from openpot.statistics.spec import StatisticSpec


@dataclass(frozen=True, eq=False)
class DefaultQuantizationResult:
    """What the parts of DefaultQuantization did.

    Attributes:
        min_max: the quantizers.
        alignment: aligned channels; None if that was no part of it.
        bias: bias correction by name, or because the outputs could not be asked; None if they decided.
        evidence: what the outputs decided; None where they were not asked.
        overflow: sums that were made to fit into 32 bits (GNA); None on other devices.
        observed: numbers of the samples that the ranges rest on.
        tried: numbers of the samples on which the outputs decided; empty where they were not asked.
        tuning: layer-wise tuning; None if it was not asked for.
        smoothing: what was smoothed before the model was quantized.
        latency: what INT8 makes slower, where outputs cannot be compared; None if the clock was not asked that.
        curve: quality against latency; None if times were not asked.
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
    smoothing: SmoothingResult | None = None
    curve: LatencyCurve | None = None


class DefaultRecipe(ABC):
    """One way to quantize a model.

    Args:
        engine: runs the model on the calibration samples.
        min_max: inserts the quantizers.

    Attributes:
        min_max: as above.
    """

    aligns_channels: bool = False
    """Whether ``prepare`` changes weights for the sake of activations."""

    def __init__(self, engine: Engine | None, min_max: MinMaxQuantization) -> None:
        self._engine, self.min_max = engine, min_max

    def prepare(self, model: CompressedModel, context: PipelineContext) -> None:
        """Rewrite the model before its statistics are collected; it computes what it did.

        Raises:
            AlreadyQuantizedError: the model holds FakeQuantize operations.
        """
        self.min_max.receive_context(context)
        self.min_max.prepare(model)

    def calibration_subset(self) -> CalibrationSubset:
        """The samples that the statistics are collected on."""
        return self.min_max.calibration_subset()

    def required_statistics(self, model: CompressedModel) -> tuple[StatisticSpec, ...]:
        """What to observe on the prepared model."""
        return self.min_max.required_statistics(model)

    @abstractmethod
    def quantize(
        self, model: CompressedModel, reference: FloatReference, calibration: Calibration
    ) -> DefaultQuantizationResult:
        """Quantize ``model`` in place.

        Args:
            model: prepared.
            reference: a copy of it, with the samples on which outputs can be compared.
            calibration: what was observed.
        """

    def list_observed_samples(self, model: CompressedModel, calibration: Calibration) -> tuple[int, ...]:
        """Numbers of the samples that the ranges of a float model rest on."""
        assert self._engine is not None  # noqa: S101  there are ranges
        subset = self.calibration_subset()
        samples, size = subset.choose_samples(self._engine), subset.batch_size
        if calibration.inferences is None:
            return samples
        direct = find_direct_engine(self._engine, model)
        if direct is not None:
            size = count_samples_of_inference(
                model.members[0].model, direct.data_loader, size, direct.inference_settings
            )
        return samples[: calibration.inferences * size]


def get_quantizers(result: Any) -> MinMaxResult:
    """The quantizers that a base algorithm inserted."""
    quantizers = result.min_max if isinstance(result, DefaultQuantizationResult) else result
    assert isinstance(quantizers, MinMaxResult)  # noqa: S101  the base algorithms give nothing else
    return quantizers


def follows_pot(settings: DefaultQuantizationConfig) -> bool:
    """Whether quantizers are placed as POT placed them."""
    return settings.placement == "pot" or settings.device.needs_pot_placement
