"""A largest size as users write it: ``4.5 bits`` for each weight, or ``85 MB`` for all constants of the model."""

from __future__ import annotations

import re
from dataclasses import dataclass

_UNITS = {"kb": 1e3, "mb": 1e6, "gb": 1e9}
_PATTERN = re.compile(r"\s*(\d+(?:\.\d+)?|\.\d+)\s*(bits?|kb|mb|gb)(?:\s+(?:per|a|each)\s+weight)?\s*", re.IGNORECASE)
HOW_TO_WRITE = "write '4.5 bits' (of each weight, scales included) or '85 MB' (of all constants, a million bytes each)"


@dataclass(frozen=True)
class SizeLimit:
    """How large a model may be; one of both is None.

    Attributes:
        bits_per_weight: stored bits of a compressed weight, its share of scales and zero points included, on average.
        num_bytes: of all constants of the model.
    """

    bits_per_weight: float | None = None
    num_bytes: float | None = None

    def __str__(self) -> str:
        if self.bits_per_weight is not None:
            return f"{self.bits_per_weight:g} bits per weight"
        return f"{(self.num_bytes or 0) / 1e6:g} MB"


def parse_size_limit(text: object) -> SizeLimit:
    """The limit that a text stands for.

    Raises:
        ValueError: it has no unit that is known, or is not above zero.
    """
    match = _PATTERN.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise ValueError(f"{text!r} is no size with its unit: {HOW_TO_WRITE}")
    number, unit = float(match[1]), match[2].lower()
    if number <= 0:
        raise ValueError(f"a size of {text!r} is not possible: {HOW_TO_WRITE}")
    return SizeLimit(bits_per_weight=number) if unit.startswith("bit") else SizeLimit(num_bytes=number * _UNITS[unit])
