"""The parameters of weight compression as an algorithm of a pipeline."""

from __future__ import annotations

from typing import Any

from pydantic import Field, model_validator

from openpot.config.algorithms import AlgorithmConfig
from openpot.config.ignored_scope import IgnoredScope
from openpot.config.weight_compression import GroupSize, WeightCompressionConfig


class WeightCompressionAlgorithmConfig(AlgorithmConfig):
    """Parameters of ``WeightCompression``; those that are None have the defaults of ``WeightCompressionConfig``.

    Attributes:
        weight_format: of the layers.
        group_size: of formats with few bits.
        table_format: of embeddings and of the last product.
        max_size: the largest size, with its unit.
        max_output_error: the largest loss on held-out samples.
        dynamic_quantization: whether the runtime may quantize the data of compressed products; None decides by loss.
        min_agreement: share of positions with the same token first below which the target is missed: exit code 3.
    """

    weight_format: str | None = None
    group_size: GroupSize | None = None
    table_format: str | None = None
    max_size: str | None = None
    max_output_error: float | None = Field(default=None, gt=0)
    dynamic_quantization: bool | None = None
    min_agreement: float = Field(default=0.5, ge=0, le=1)

    @model_validator(mode="after")
    def _is_possible(self) -> WeightCompressionAlgorithmConfig:
        self.for_weights(IgnoredScope())
        return self

    def for_weights(self, ignored: IgnoredScope) -> WeightCompressionConfig:
        """The same as ``openpot.compress_weights`` takes it."""
        stated: dict[str, Any] = {
            "weight_format": self.weight_format,
            "group_size": self.group_size,
            "table_format": self.table_format,
            "max_size": self.max_size,
            "max_output_error": self.max_output_error,
            "subset_size": self.stat_subset_size,
        }
        return WeightCompressionConfig(
            **{key: value for key, value in stated.items() if value is not None},
            dynamic_quantization=self.dynamic_quantization,
            min_agreement=self.min_agreement,
            ignored=ignored,
            seed=self.seed,
        )
