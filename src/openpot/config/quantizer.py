"""What one FakeQuantize should be like: bits, mode, granularity, levels, range estimator."""

from __future__ import annotations

from dataclasses import dataclass

from openpot.config.channel_scope import ChannelScope
from openpot.config.range_estimator import RangeEstimatorConfig
from openpot.scheme import QuantizationMode

__all__ = ["ChannelScope", "QuantizerConfig"]


@dataclass(frozen=True)
class QuantizerConfig:
    """Bits, mode and granularity of one FakeQuantize; ``None`` levels follow from bits and mode.

    ``signed`` is None where the data decide: non-negative activations become unsigned.
    """

    num_bits: int = 8
    mode: QuantizationMode = QuantizationMode.SYMMETRIC
    scope: ChannelScope = ChannelScope.PER_TENSOR
    level_low: int | None = None
    level_high: int | None = None
    unified_zeropoint: bool = False
    signed: bool | None = None
    range_estimator: RangeEstimatorConfig | None = None
