"""What one FakeQuantize should be like: bits, mode, granularity, levels, range estimator."""

from __future__ import annotations

from dataclasses import dataclass, field

from openpot.config.range_estimator import RangeEstimatorConfig
from openpot.scheme import Granularity, PerTensor, QuantizationMode


@dataclass(frozen=True)
class QuantizerConfig:
    """Bits, mode and granularity of one FakeQuantize; ``None`` levels follow from bits and mode.

    The channel axis of the granularity is None until placement knows the tensor.

    ``signed`` is None where the data decide: non-negative activations become unsigned.
    """

    num_bits: int = 8
    mode: QuantizationMode = QuantizationMode.SYMMETRIC
    granularity: Granularity = field(default_factory=PerTensor)
    level_low: int | None = None
    level_high: int | None = None
    unified_zeropoint: bool = False
    signed: bool | None = None
    range_estimator: RangeEstimatorConfig | None = None
