"""How far each channel of a quantized tensor reaches: channels that are always zero, and one that takes all levels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from openpot.examination.records import ChannelsRecord
from openpot.graph.operation_kinds import ALL_CONVOLUTIONS

if TYPE_CHECKING:
    from openpot.graph.snapshot import GraphSnapshot
    from openpot.typing_aliases import Array


def find_channel_axis(snapshot: GraphSnapshot, name: str) -> int | None:
    """Where an output of ``name`` has its channels, as those who read it have them; None if none of them says so."""
    for reader in snapshot.readers(name):
        record = snapshot[reader.node]
        if reader.port == 0 and record.type in ALL_CONVOLUTIONS:
            return 1
        if reader.port == 0 and record.type == "MatMul" and not record.attributes.get("transpose_a"):
            return -1
    return None


class ChannelReach:
    """Takes in the values of one tensor, inference by inference.

    Args:
        axis: where the channels are; None for a tensor without.
    """

    def __init__(self, axis: int | None) -> None:
        self._axis = axis
        self._largest: Array | None = None
        self._is_one_size = True

    def add(self, values: Array) -> None:
        """The values of one inference, with at least two axes."""
        if self._axis is None or values.ndim < 2 or not values.size:
            self._is_one_size = False
            return
        moved = np.moveaxis(values, self._axis, 0)
        largest = np.abs(moved).reshape(len(moved), -1).max(axis=1)
        if self._largest is None:
            self._largest = largest
        elif self._largest.shape == largest.shape:
            self._largest = np.maximum(self._largest, largest)
        else:
            self._is_one_size = False

    def describe(self) -> ChannelsRecord | None:
        """What was seen; None for a tensor without channels of its own, or with another number in each inference."""
        if self._largest is None or not self._is_one_size or len(self._largest) < 2:
            return None
        alive = self._largest[self._largest > 0]
        usual = float(np.median(alive)) if alive.size else 0.0
        loudest = int(self._largest.argmax())
        return ChannelsRecord(
            number=len(self._largest),
            dead=len(self._largest) - len(alive),
            loudest=loudest,
            ratio=float(self._largest[loudest]) / usual if usual > 0 else 1.0,
        )
