"""What a weight tensor may be stored as where a size or a loss decides: from two bits to eight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openpot.compression.choose_formats import WeightChoice, choose_format, count_stored_bits
from openpot.weight_formats import find_format

if TYPE_CHECKING:
    from openpot.compression.weight_tensors import WeightTensor
    from openpot.config.weight_compression import GroupSize

OPTIONS: tuple[tuple[str, GroupSize], ...] = (
    ("int2_asym", 64),
    ("int4_asym", "channel"),
    ("int4_asym", 128),
    ("int4_asym", 64),
    ("int4_asym", 32),
    ("int8_asym", "channel"),
)
"""The CPU holds all of them as they are stored."""
PROBE: tuple[str, GroupSize] = ("int4_asym", 64)
"""What a tensor is stored as while its weight in the outputs is measured."""
PROBE_OF_TWO_BITS: tuple[str, GroupSize] = ("int2_asym", 64)
"""The same where some tensors must take two bits: what these lose is more than the loss of four bits tells."""


def list_options(weights: WeightTensor) -> tuple[WeightChoice, ...]:
    """The choices for a tensor by rising size.

    Left out are those that the CPU would unpack, and those that take no fewer bits than it is stored in already.
    """
    options: dict[tuple[str, int], WeightChoice] = {}
    stored_bits = count_stored_bits(weights)
    for name, group_size in OPTIONS:
        wanted = find_format(name)
        choice = choose_format(weights, wanted, group_size, "")
        if choice.weight_format is wanted and (stored_bits is None or wanted.num_bits < stored_bits):
            options.setdefault((name, choice.group_size), choice)
    return tuple(sorted(options.values(), key=lambda choice: choice.bits))


def choose_probe(weights: WeightTensor, has_two_bits: bool = False) -> WeightChoice:
    """How a tensor is stored for a measurement.

    Args:
        weights: the tensor.
        has_two_bits: whether a size can be reached only with formats of two bits.
    """
    name, group_size = PROBE_OF_TWO_BITS if has_two_bits else PROBE
    probe = choose_format(weights, find_format(name), group_size, "")
    is_possible = probe.weight_format.name == name
    return probe if is_possible else choose_format(weights, find_format(PROBE[0]), PROBE[1], "")
