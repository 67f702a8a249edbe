"""What each algorithm says about its run: frozen records, to be rendered or compared, never to be acted on again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from openpot.numerics.fake_quantize import FakeQuantizeLimits
from openpot.rewrites.plan import PlannedQuantizer, QuantizationPlan


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
    """What FastBiasCorrection or BiasCorrection did, layer by layer in topological order."""

    layers: tuple[BiasRecord, ...] = ()
    passes: int = 0

    @property
    def corrected(self) -> tuple[str, ...]:
        """The layers whose bias was changed."""
        return tuple(layer.layer for layer in self.layers if layer.accepted)
