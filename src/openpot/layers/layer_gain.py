"""How much the layers of a network magnify: one that does so far more than the others is out of order."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from openpot.graph.node_index import NodeIndex
from openpot.graph.revisions import snapshot_graphs
from openpot.graph.weights import constant_value, weight_channel_axes
from openpot.layers.linear_layer import LinearLayer, find_linear_layers
from openpot.typing_aliases import FloatArray

if TYPE_CHECKING:
    from openpot.graph.types import Model

EXPLODING = 1000.0
"""Trained networks stay far below: filters of one network differ by a factor of some tens, and folded normalizations
make it some hundreds at most."""
MIN_LAYERS = 3
"""With fewer there is no majority to compare with."""


@dataclass(frozen=True)
class ExplodingLayer:
    """A layer that magnifies far more than the others.

    Attributes:
        name: full name of the operation.
        gain: root of the summed squares of the weights of its largest filter: independent inputs of size 1 come out as
            large.
        usual: the median of the layers.
    """

    name: str
    gain: float
    usual: float


def find_exploding_layers(model: Model) -> tuple[ExplodingLayer, ...]:
    """The layers whose largest filter magnifies more than ``EXPLODING`` times what is usual here."""
    nodes, layers = NodeIndex(model), find_linear_layers(snapshot_graphs(model)[""])
    gains = {layer.name: float(compute_gains(layer, constant_value(nodes, layer.constant)).max()) for layer in layers}
    if len(gains) < MIN_LAYERS:
        return ()
    usual = median(gains.values())
    return tuple(ExplodingLayer(name, gain, usual) for name, gain in gains.items() if gain > EXPLODING * usual > 0)


def compute_gains(layer: LinearLayer, weights: FloatArray) -> FloatArray:
    """The gain of each filter, shape ``(filters,)``; weights that overflow give infinity."""
    kept = weight_channel_axes(layer.record, weights.shape, layer.weights.port)
    summed = tuple(axis for axis in range(weights.ndim) if axis not in kept)
    with np.errstate(over="ignore"):
        squares = np.square(weights, dtype=np.float64).sum(axis=summed)
    gains: FloatArray = np.sqrt(np.atleast_1d(squares)).ravel()
    return gains
