"""The formats in which weights alone are stored: the numbers that a few bits stand for, and what unpacks them.

A stored weight is ``scale * (code - zero_point)``; a group of neighbours along the summed axis shares both. The codes
are whole numbers, or those of a small float type: NormalFloat (Dettmers et al., "QLoRA", 2023), E2M1 with scales that
are powers of two ("OCP Microscaling Formats", 2023), and E4M3.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from openpot.errors import UnknownNameError, suggest_nearest_name
from openpot.typing_aliases import Array

_NF4 = (
    -1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334,
    -0.09105003625154495, 0.0, 0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224,
    0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0,
)  # fmt: skip
_E2M1 = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
HALF_BITS = 16
SMALLEST_HALF_SCALE = 2.0**-14
"""Below, float16 loses digits: such scales are stored in float32."""
LARGEST_HALF = 65504.0


@dataclass(frozen=True)
class WeightFormat:
    """How weights are stored.

    Attributes:
        name: as users write it.
        element_type: OpenVINO's type of the stored constant.
        num_bits: of a stored weight.
        lowest: smallest code of an integer format.
        highest: largest code of an integer format.
        has_zero_point: whether each group has a code that stands for zero, stored in the same type.
        values: of a float format, what its codes stand for, by code; empty for integers.
        group_size: the only possible one, where the format prescribes it.
        has_power_scales: whether scales are powers of two, stored in 8 bits.
        is_looked_up: whether the CPU looks rows up in a table of this type without unpacking all of it first.
        is_multiplied: whether the CPU multiplies with these integers when it quantizes the data as it runs; where it
            does not, products fail unless that is switched off.
    """

    name: str
    element_type: str
    num_bits: int
    lowest: int = 0
    highest: int = 0
    has_zero_point: bool = False
    values: tuple[float, ...] = ()
    group_size: int | None = None
    has_power_scales: bool = False
    is_looked_up: bool = False
    is_multiplied: bool = True

    @property
    def bits_per_group(self) -> int:
        """What a group takes besides its weights, with scales in half precision."""
        return (8 if self.has_power_scales else HALF_BITS) + (self.num_bits if self.has_zero_point else 0)

    def bits_per_weight(self, group_size: int) -> float:
        """Stored bits of a weight, its share of the group included."""
        return self.num_bits + self.bits_per_group / group_size

    @cached_property
    def ordered(self) -> tuple[Array, Array]:
        """The values of a float format in rising order without repetition, and the code of each."""
        values = np.array(self.values, np.float32)
        finite = np.flatnonzero(np.isfinite(values))
        ordered, first = np.unique(values[finite], return_index=True)
        return ordered, finite[first].astype(np.uint8)


def _e4m3() -> tuple[float, ...]:
    """What the 256 codes of E4M3 stand for: 4 bits of exponent, 3 of mantissa, no infinity, one NaN for each sign."""
    codes = np.arange(128)
    exponent, mantissa = codes >> 3, codes & 7
    normal = (1 + mantissa / 8) * 2.0 ** (exponent - 7.0)
    positive = np.where(exponent == 0, mantissa / 8 * 2.0**-6, normal)
    positive[-1] = np.nan
    return (*positive.tolist(), *(-positive).tolist())


FORMATS = {
    weight_format.name: weight_format
    for weight_format in (
        WeightFormat("int8_asym", "u8", 8, 0, 255, has_zero_point=True, is_looked_up=True),
        WeightFormat("int8_sym", "i8", 8, -128, 127, is_looked_up=True),
        WeightFormat("int4_asym", "u4", 4, 0, 15, has_zero_point=True, is_looked_up=True),
        WeightFormat("int4_sym", "i4", 4, -8, 7, is_looked_up=True),
        WeightFormat("int2_asym", "u2", 2, 0, 3, has_zero_point=True, is_multiplied=False),
        WeightFormat("nf4", "nf4", 4, values=_NF4),
        WeightFormat("mxfp4", "f4e2m1", 4, values=(*_E2M1, *(-x for x in _E2M1)), group_size=32, has_power_scales=True),
        WeightFormat("fp8_e4m3", "f8e4m3", 8, values=_e4m3()),
    )
}
"""All formats by name."""


def find_format(name: str) -> WeightFormat:
    """The format that users call so.

    Raises:
        UnknownNameError: there is none.
    """
    if name not in FORMATS:
        raise UnknownNameError(f"there is no weight format {name!r}; {suggest_nearest_name(name, FORMATS)}")
    return FORMATS[name]
