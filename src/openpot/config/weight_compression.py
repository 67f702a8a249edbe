"""How weights alone are compressed, as the caller states it."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from openpot.config.ignored_scope import IgnoredScope
from openpot.config.size_limit import SizeLimit, parse_size_limit
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
        max_size: ``"4.5 bits"`` of each weight or ``"85 MB"`` of all constants: the format of each tensor is then
            chosen so that the outputs lose least at this size.
        max_output_error: the largest loss on held-out samples; the formats are then chosen so that the model is
            smallest. The divergence of the next token in nats, or the error of the worst output as a share of its
            variation.
        dynamic_quantization: whether the runtime may quantize the data of compressed products while it runs, as it
            does by default; False is written into the model. None for False where held-out samples show that it more
            than doubles the loss. ``int2_asym`` does not run with it: there it is off.
        ignored: what stays in float.
        subset_size: samples that are used at most, drawn by ``seed``: four of five to round, the fifth to judge.
        seed: of that draw.
        min_agreement: share of positions where both models rank the same token first; below it the target is not met.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    weight_format: Annotated[str, BeforeValidator(_known_format)] = "int8_asym"
    group_size: GroupSize = "auto"
    table_format: Annotated[str | None, BeforeValidator(_known_format)] = None
    max_size: str | None = None
    max_output_error: float | None = Field(default=None, gt=0)
    dynamic_quantization: bool | None = None
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

    @field_validator("max_size", mode="before")
    @classmethod
    def _known_unit(cls, value: object) -> object:
        if value is not None:
            parse_size_limit(value)
        return value

    @model_validator(mode="after")
    def _one_decides(self) -> WeightCompressionConfig:
        stated = sorted(self.model_fields_set & {"weight_format", "group_size", "table_format"})
        if self.is_sized and stated:
            limit = "max_size" if self.max_size is not None else "max_output_error"
            raise ValueError(f"{limit} chooses the format of each tensor: leave out {', '.join(stated)}")
        return self

    @property
    def size_limit(self) -> SizeLimit | None:
        """How large the model may be."""
        return None if self.max_size is None else parse_size_limit(self.max_size)

    @property
    def is_sized(self) -> bool:
        """Whether the formats are chosen by size or loss."""
        return self.max_size is not None or self.max_output_error is not None

    @property
    def format_of_tables(self) -> str:
        """The format of embeddings and of the last product."""
        few_bits = find_format(self.weight_format).num_bits < 8
        return self.table_format or ("int8_asym" if few_bits else self.weight_format)

    @property
    def group_size_of_tables(self) -> GroupSize:
        """That of the layers where tables have a stated format or that of the layers; else one scale for each row."""
        is_layers = self.format_of_tables == self.weight_format
        return self.group_size if self.table_format is not None or is_layers else "auto"
