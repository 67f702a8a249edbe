"""What layer-wise tuning says about its run: frozen records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


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
