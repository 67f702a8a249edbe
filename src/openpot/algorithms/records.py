"""What each algorithm says about its run: frozen records, to be rendered or compared, never to be acted on again."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from openpot.numerics.fake_quantize import FakeQuantizeLimits
from openpot.placement.plan import PlannedQuantizer, QuantizationPlan


@dataclass(frozen=True, eq=False)
class QuantizerRecord:
    """One FakeQuantize that was inserted: what was planned, and the limits that calibration gave it."""

    planned: PlannedQuantizer
    limits: FakeQuantizeLimits

    @property
    def name(self) -> str:
        """Full name of the FakeQuantize."""
        return self.planned.name


@dataclass(frozen=True, eq=False)
class MinMaxResult:
    """What MinMaxQuantization did.

    Attributes:
        plan: every decision, of all members of a cascade.
        quantizers: every FakeQuantize with its limits, in topological order.
        folded: operations that were folded into weights beforehand.
        warnings: what the user should know.
        average: name -> limits that the average range of the items would give, where that was asked for.
    """

    plan: QuantizationPlan
    quantizers: tuple[QuantizerRecord, ...]
    folded: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    average: Mapping[str, FakeQuantizeLimits] = field(default_factory=dict)


@dataclass(frozen=True)
class AlignedLayers:
    """A pair of layers between which channels were evened out; ``largest_scale`` is the largest factor (or inverse)."""

    producer: str
    consumer: str
    centred: bool
    largest_scale: float


@dataclass(frozen=True)
class ChannelAlignmentResult:
    """What ActivationChannelAlignment did; ``skipped`` maps pairs that were left alone to the reason."""

    pairs: tuple[AlignedLayers, ...] = ()
    skipped: dict[str, str] = field(default_factory=dict)

    @property
    def consumers(self) -> frozenset[str]:
        """Layers whose weights were scaled by input channel."""
        return frozenset(pair.consumer for pair in self.pairs)


@dataclass(frozen=True)
class BiasRecord:
    """The correction of one layer.

    ``magnitude`` is the largest shift of a channel in units of what is usual for the channel, ``reason`` says why it
    was not accepted (empty if it was), ``inserted`` tells that the layer had no bias before.
    """

    layer: str
    accepted: bool
    magnitude: float
    reason: str = ""
    inserted: bool = False


@dataclass(frozen=True)
class BiasCorrectionResult:
    """What FastBiasCorrection or BiasCorrection did.

    Attributes:
        layers: layer by layer, in topological order.
        passes: over the items.
        error_before: of the worst output on items that had no part in the fit, as a share of its variation; None if
            nobody judged (FastBiasCorrection, cascades, engines of the user's own, few items).
        error_after: the same with corrected biases.
        other_limits: whether other limits of activations were offered, and brought the outputs closer.
    """

    layers: tuple[BiasRecord, ...] = ()
    passes: int = 0
    error_before: float | None = None
    error_after: float | None = None
    other_limits: bool = False

    @property
    def corrected(self) -> tuple[str, ...]:
        """The layers whose bias was changed."""
        return tuple(layer.layer for layer in self.layers if layer.accepted)


@dataclass(frozen=True)
class TunedLayerRecord:
    """One layer that was fitted: how many of its filters changed, and its mean squared errors on the judging items."""

    layer: str
    changed: int
    filters: int
    error_before: float
    error_after: float


@dataclass(frozen=True)
class LayerwiseTuningResult:
    """What layer-wise tuning did.

    Attributes:
        layers: every layer that was fitted.
        skipped: layers that were not, with the reason.
        error_before: of the outputs on the judging items, as a share of their variation; None if it was not measured.
        error_after: the same with the tuned layers.
        reason: why everything is as it was; empty if the tuned layers were taken.
        passes: over the items.
    """

    layers: tuple[TunedLayerRecord, ...] = ()
    skipped: Mapping[str, str] = field(default_factory=dict)
    error_before: float | None = None
    error_after: float | None = None
    reason: str = ""
    passes: int = 0


@dataclass(frozen=True)
class WeightCorrectionRecord:
    """The correction of the quantized weights of one layer.

    Attributes:
        layer: full name of the layer.
        quantizer: full name of the FakeQuantize on its weights.
        mean_error_before: largest difference between the means of a channel's quantized and original weights, in units
            of the channel's standard deviation.
        mean_error_after: the same after the correction.
        largest_scale: the factor of a channel that is farthest from 1.
        moved: how many weights were rounded to their other neighbour; None where a zero point took the shift.
    """

    layer: str
    quantizer: str
    mean_error_before: float
    mean_error_after: float
    largest_scale: float
    moved: int | None


@dataclass(frozen=True)
class WeightCorrectionResult:
    """What WeightBiasCorrection did, layer by layer in topological order; ``skipped`` maps layers to the reason."""

    layers: tuple[WeightCorrectionRecord, ...] = ()
    skipped: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SparseLayerRecord:
    """One layer whose small weights became zero: ``rate`` is the share of zeros in it, of ``shape`` weights."""

    layer: str
    shape: tuple[int, ...]
    rate: float


@dataclass(frozen=True)
class SparsityResult:
    """What a sparsity algorithm did.

    Attributes:
        layers: every layer that took part, in topological order.
        rate: share of zeros over all of these layers.
        skipped: layers that were left whole, with the reason.
        bias: what the bias correction behind it did, if there was one.
        warnings: what the user should know.
        tuned: layers of which what is left was fitted.
        error_before: of the outputs on judging items without tuning, as a share of their variation; None if not judged.
        error_after: the same with it.
        reason: why what was tuned was undone; empty if it was taken.
    """

    layers: tuple[SparseLayerRecord, ...] = ()
    rate: float = 0.0
    skipped: Mapping[str, str] = field(default_factory=dict)
    bias: BiasCorrectionResult | None = None
    warnings: tuple[str, ...] = ()
    tuned: tuple[str, ...] = ()
    error_before: float | None = None
    error_after: float | None = None
    reason: str = ""

    def __str__(self) -> str:
        """The table of layers, shapes and rates in percent that POT logged."""
        width = max([len("Layer"), *(len(record.layer) for record in self.layers)])
        lines = [f"{'Layer':<{width}}  {'Shape':<18}  Sparsity rate, %"]
        lines += [f"{one.layer:<{width}}  {one.shape!s:<18}  {100 * one.rate:.2f}" for one in self.layers]
        return "\n".join([*lines, f"{'all of them':<{width}}  {'':<18}  {100 * self.rate:.2f}"])


@dataclass(frozen=True)
class OverflowRecord:
    """The integer sums of one layer: the largest one seen in units of the largest 32-bit integer, and the remedy.

    ``ratio`` is what the weights were divided by; 1 where the sums fit.
    """

    layer: str
    largest_sum: float
    ratio: float


@dataclass(frozen=True)
class OverflowCorrectionResult:
    """What OverflowCorrection found, layer by layer in topological order; ``skipped`` maps layers to the reason."""

    layers: tuple[OverflowRecord, ...] = ()
    skipped: Mapping[str, str] = field(default_factory=dict)

    @property
    def corrected(self) -> tuple[str, ...]:
        """The layers whose weights were made smaller."""
        return tuple(record.layer for record in self.layers if record.ratio > 1)


@dataclass(frozen=True)
class SplitLayerRecord:
    """One layer whose outlier input channels were split.

    Attributes:
        layer: full name of the layer.
        sources: for each added channel the channel that it is a half of.
        peak_before: largest magnitude of the weights.
        peak_after: the same after the split.
    """

    layer: str
    sources: tuple[int, ...]
    peak_before: float
    peak_after: float


@dataclass(frozen=True)
class ChannelSplittingResult:
    """What OutlierChannelSplitting did, layer by layer; ``skipped`` maps the others to the reason."""

    layers: tuple[SplitLayerRecord, ...] = ()
    skipped: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RangeSupervisionResult:
    """What RangeSupervision did: for each activation function the smallest and largest value that pass."""

    ranges: Mapping[str, tuple[float, float]]


@dataclass(frozen=True)
class LayerNoiseRecord:
    """Signal and noise at the output of one layer: their ratio, and that of each channel where it was asked for."""

    layer: str
    sqnr: float
    channels: tuple[float, ...] = ()

    @property
    def decibel(self) -> float:
        """The ratio in decibel."""
        return 10 * math.log10(self.sqnr) if self.sqnr > 0 else -math.inf


@dataclass(frozen=True)
class QuantNoiseResult:
    """What QuantNoiseEstimator measured, layer by layer in topological order, and how."""

    mode: str
    type: str
    layers: tuple[LayerNoiseRecord, ...] = ()

    @property
    def worst_first(self) -> tuple[LayerNoiseRecord, ...]:
        """The layers by rising ratio."""
        return tuple(sorted(self.layers, key=lambda record: record.sqnr))

    def as_csv(self) -> str:
        """A table with one row for each layer."""
        rows = [f"{record.layer},{record.sqnr:.9g},{record.decibel:.4f}" for record in self.layers]
        return "\n".join(["layer,sqnr,sqnr_db", *rows, ""])
