"""Which format and group size each weight tensor is stored with; no data are needed to decide that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from openpot.compression.weight_tensors import KeptWeights, Role, WeightTensor
from openpot.weight_formats import WeightFormat, find_format

if TYPE_CHECKING:
    from collections.abc import Iterable

    from openpot.config.weight_compression import GroupSize, WeightCompressionConfig

DEFAULT_GROUP = 64
GROUP_SIZES = (128, 64, 32, 16)
"""What a size that does not divide the row falls back to, the next smaller one first."""
_BYTE = 8
_BITS_OF_TYPES = {"u8": 8, "i8": 8, "f8e4m3": 8, "f8e5m2": 8, "u6": 6, "u2": 2}
_FEW_BITS = 4


@dataclass(frozen=True)
class WeightChoice:
    """How weights are stored.

    Attributes:
        weights: which.
        weight_format: as what.
        group_size: weights that share a scale: divides the length of a row.
        reason: why so.
    """

    weights: WeightTensor
    weight_format: WeightFormat
    group_size: int
    reason: str

    @property
    def bits(self) -> float:
        """Stored bits of all weights, scales in half precision."""
        return self.weights.num_weights * self.weight_format.bits_per_weight(self.group_size)


def choose_formats(
    tensors: Iterable[WeightTensor], config: WeightCompressionConfig
) -> tuple[tuple[WeightChoice, ...], tuple[KeptWeights, ...]]:
    """The choice for each tensor, and those that are stored in as few bits already."""
    choices: list[WeightChoice] = []
    kept: list[KeptWeights] = []
    for weights in tensors:
        is_layer = weights.role is Role.LAYER
        wanted = find_format(config.weight_format if is_layer else config.format_of_tables)
        group_size = config.group_size if is_layer else config.group_size_of_tables
        chosen = choose_format(weights, wanted, group_size, "" if is_layer else f"{weights.role}")
        stored_bits = count_stored_bits(weights)
        if stored_bits is not None and stored_bits <= chosen.weight_format.num_bits:
            kept.append(keep_as_stored(weights))
        else:
            choices.append(chosen)
    return tuple(choices), tuple(kept)


def count_stored_bits(weights: WeightTensor) -> int | None:
    """Bits of a weight as it is stored in the model; None for float."""
    return _BITS_OF_TYPES.get(weights.stored_type, _FEW_BITS) if weights.stored_type else None


def keep_as_stored(weights: WeightTensor) -> KeptWeights:
    """Weights that stay because they are stored in as few bits already."""
    reason = f"stored as {weights.stored_type} already"
    return KeptWeights(weights.name, str(weights.role), weights.num_weights, reason)


def choose_format(weights: WeightTensor, wanted: WeightFormat, group_size: GroupSize, reason: str) -> WeightChoice:
    """A format with a group size that divides the rows; 8 bits where the format prescribes one that does not."""
    length = weights.row_length
    if weights.is_looked_up and not wanted.is_looked_up:
        why = f"the CPU would unpack a table of {wanted.element_type} as a whole: 8 bits"
        return choose_format(weights, find_format("int8_asym"), group_size, _join(reason, why))
    if wanted.group_size is not None:
        if length % wanted.group_size == 0:
            return WeightChoice(weights, wanted, wanted.group_size, reason)
        why = f"groups of {wanted.group_size} do not divide rows of {length}: 8 bits"
        return WeightChoice(weights, find_format("int8_asym"), length, _join(reason, why))
    if group_size in ("channel", -1) or (group_size == "auto" and wanted.num_bits >= _BYTE):
        return WeightChoice(weights, wanted, length, reason)
    size = DEFAULT_GROUP if group_size == "auto" else int(group_size)
    if length % size == 0:
        return WeightChoice(weights, wanted, size, reason)
    smaller = next((candidate for candidate in GROUP_SIZES if candidate < size and length % candidate == 0), length)
    alternative = "one scale for each row" if smaller == length else f"groups of {smaller}"
    return WeightChoice(
        weights, wanted, smaller, _join(reason, f"groups of {size} do not divide rows of {length}: {alternative}")
    )


def _join(*reasons: str) -> str:
    return "; ".join(reason for reason in reasons if reason)
