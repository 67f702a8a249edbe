"""What a user states about the quantizers of weights, activations or outputs: any part of it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from openpot.config.channel_scope import ChannelScope
from openpot.config.range_estimator import RangeEstimatorConfig
from openpot.scheme import QuantizationMode


class QuantizerOverrideConfig(BaseModel):
    """Stated properties; None is "as the hardware table has it". The keys are POT's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bits: int | None = Field(default=None, ge=2, le=32)
    mode: QuantizationMode | None = None
    granularity: ChannelScope | None = None
    level_low: int | None = None
    level_high: int | None = None
    range_estimator: RangeEstimatorConfig | None = None

    def stated(self) -> dict[str, Any]:
        """The stated properties that placement needs, by key: all but the range estimator."""
        return self.model_dump(exclude_none=True, exclude={"range_estimator"})
