"""What MinMaxQuantization says about its run: frozen records."""

from __future__ import annotations

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
