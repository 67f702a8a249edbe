"""Where a layer is shifted: its output and its channels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from openpot.errors import ModelError
from openpot.graph.node_index import NodeIndex
from openpot.graph.tensor_id import TensorId

if TYPE_CHECKING:
    from collections.abc import Iterable

    from openpot.graph.types import Model


@dataclass(frozen=True)
class ShiftPlace:
    """A tensor to shift: ``channels`` values along ``axis`` (negative axes count from the end)."""

    tensor: TensorId
    axis: int
    channels: int


def require_channels(model: Model, places: Iterable[ShiftPlace]) -> None:
    """Refuse places that the model does not have.

    Raises:
        ModelError: a tensor does not have the channels.
        UnknownNameError: there is no such tensor.
    """
    nodes = NodeIndex(model)
    for place in places:
        shape = nodes.output(place.tensor).get_partial_shape()
        rank = 0 if shape.rank.is_dynamic else shape.rank.get_length()
        if not -rank <= place.axis < rank or (shape[place.axis].is_static and len(shape[place.axis]) != place.channels):
            raise ModelError(
                f"{place.tensor} of shape {shape} has no {place.channels} channels along axis {place.axis}"
            )
