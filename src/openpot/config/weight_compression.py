"""How weights alone are compressed, as the caller states it."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from openpot.config.ignored_scope import IgnoredScope
from openpot.errors import UnknownNameError
from openpot.weight_formats import FORMATS, find_format

GroupSize: TypeAlias = Annotated[int, Field(ge=-1)] | Literal["auto", "channel"]
"""Neighbours that share a scale; ``channel`` (or -1) for one scale for each output channel."""


def _known_format(value: object) -> object:
    if isinstance(value, str) and value not in FORMATS:
        try:
            find_format(value)
        except UnknownNameError as error:
            raise ValueError(str(error)) from error
    return value


class WeightCompressionConfig(BaseModel):
    """Parameters of ``openpot.compress_weights``.

    Attributes:
        weight_format: of the layers; see :mod:`openpot.weight_formats`.
        group_size: of formats with few bits; ``auto`` takes what the format prescribes, else 64.
        table_format: of embeddings and of the last product; None for ``int8_asym`` where layers have fewer bits.
        dynamic_quantization: whether the runtime may quantize the data of compressed products while it runs, as it
            does by default; False is written into the model. ``int2_asym`` does not run with it: there it is off.
        ignored: what stays in float.
        subset_size: samples that are used at most, drawn by ``seed``: four of five to round, the fifth to judge.
        seed: of that draw.
        min_agreement: share of positions where both models rank the same token first; below it the target is not met.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    weight_format: Annotated[str, BeforeValidator(_known_format)] = "int8_asym"
    group_size: GroupSize = "auto"
    table_format: Annotated[str | None, BeforeValidator(_known_format)] = None
    dynamic_quantization: bool = True
    ignored: IgnoredScope = Field(default_factory=IgnoredScope)
    subset_size: int = Field(default=80, ge=1)
    seed: int = 0
    min_agreement: float = Field(default=0.5, ge=0, le=1)

    @field_validator("group_size")
    @classmethod
    def _no_empty_groups(cls, value: GroupSize) -> GroupSize:
        if value in (0, 1):
            raise ValueError("a group has at least 2 weights; write 'channel' for one scale for each output channel")
        return value

    @property
    def format_of_tables(self) -> str:
        """The format of embeddings and of the last product."""
        few_bits = find_format(self.weight_format).num_bits < 8
        return self.table_format or ("int8_asym" if few_bits else self.weight_format)
