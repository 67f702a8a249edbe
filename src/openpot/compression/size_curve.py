"""The record of how much the outputs are expected to lose at which size."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SizePoint:
    """One way to store the weights.

    Attributes:
        num_bytes: of all constants of the model.
        bits_per_weight: stored bits of a weight, scales and zero points included, on average.
        loss: what is expected to be lost; see :attr:`SizeCurve.measures`.
    """

    num_bytes: int
    bits_per_weight: float
    loss: float


@dataclass(frozen=True)
class SizeCurve:
    """Best ways to store the weights, from the smallest to the one that loses least.

    Attributes:
        points: by rising size.
        chosen: the one that was taken.
        measures: ``divergence of the next token``, ``error of the outputs`` or ``error of the weights``: what is
            expected; with data it was measured on outputs for every tensor by itself, without it comes from the weights
            alone.
    """

    points: tuple[SizePoint, ...]
    chosen: SizePoint
    measures: str
