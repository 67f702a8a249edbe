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
        ignored: what stays in float.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    weight_format: Annotated[str, BeforeValidator(_known_format)] = "int8_asym"
    group_size: GroupSize = "auto"
    table_format: Annotated[str | None, BeforeValidator(_known_format)] = None
    ignored: IgnoredScope = Field(default_factory=IgnoredScope)

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
