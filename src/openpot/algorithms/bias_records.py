"""What bias corrections say about their runs: frozen records."""

from __future__ import annotations

from dataclasses import dataclass


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
        passes: over the samples.
        error_before: of the worst output on samples that had no part in the fit, as a share of its variation; None if
            nothing validated it (FastBiasCorrection, cascades, the user's engines, few samples).
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
