"""What a user states about the quantizers of weights, activations or outputs: any part of it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from openpot.config.granularity import StatedGranularity
from openpot.config.range_estimator import RangeEstimatorConfig
from openpot.scheme import QuantizationMode


class QuantizerOverrideConfig(BaseModel):
    """Stated properties; None is "as the hardware table has it". The keys are POT's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bits: int | None = Field(default=None, ge=2, le=32)
    mode: QuantizationMode | None = None
    granularity: StatedGranularity | None = None
    level_low: int | None = None
    level_high: int | None = None
    range_estimator: RangeEstimatorConfig | None = None

    @model_validator(mode="after")
    def _check_levels(self) -> QuantizerOverrideConfig:
        low, high = self.level_low or 0, self.level_high or 0
        if not low <= 0 <= high or (low == high and None not in (self.level_low, self.level_high)):
            raise ValueError(
                f"level_low must be at most 0 and level_high at least 0, not both 0; given {low} and {high}"
            )
        return self

    def list_stated(self) -> dict[str, Any]:
        """The stated properties that placement needs, by key: all but the range estimator."""
        return self.model_dump(exclude_none=True, exclude={"range_estimator"})
