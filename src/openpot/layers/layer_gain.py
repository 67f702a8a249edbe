"""How much the layers of a network magnify: one that does so far more than the others is out of order."""

from __future__ import annotations

from collections.abc import Mapping
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
MANY_DEAD = 0.25
"""Fewer filters without weights than this cost less time than it takes to read of them."""
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


@dataclass(frozen=True)
class DeadFilters:
    """A layer of which some filters have no weights but zeros: they give a constant.

    Attributes:
        name: full name of the operation.
        dead: how many filters have only zeros.
        filters: how many there are.
    """

    name: str
    dead: int
    filters: int


def measure_gains(model: Model) -> dict[str, FloatArray]:
    """The gain of each filter of each layer with weights, by name of the layer (:func:`compute_gains`)."""
    nodes, layers = NodeIndex(model), find_linear_layers(snapshot_graphs(model)[""])
    return {layer.name: compute_gains(layer, constant_value(nodes, layer.constant)) for layer in layers}


def find_exploding_layers(gains: Mapping[str, FloatArray]) -> tuple[ExplodingLayer, ...]:
    """The layers whose largest filter magnifies more than ``EXPLODING`` times what is usual among ``gains``."""
    largest = {name: float(values.max()) for name, values in gains.items()}
    if len(largest) < MIN_LAYERS:
        return ()
    usual = median(largest.values())
    return tuple(ExplodingLayer(name, gain, usual) for name, gain in largest.items() if gain > EXPLODING * usual > 0)


def find_dead_filters(gains: Mapping[str, FloatArray]) -> tuple[DeadFilters, ...]:
    """The layers of which at least ``MANY_DEAD`` of the filters are zero."""
    counts = ((name, int((values == 0).sum()), values.size) for name, values in gains.items())
    return tuple(DeadFilters(*count) for count in counts if count[1] >= MANY_DEAD * count[2])


def compute_gains(layer: LinearLayer, weights: FloatArray) -> FloatArray:
    """The gain of each filter, shape ``(filters,)``; weights that overflow give infinity."""
    kept = weight_channel_axes(layer.record, weights.shape, layer.weights.port)
    summed = tuple(axis for axis in range(weights.ndim) if axis not in kept)
    with np.errstate(over="ignore"):
        squares = np.square(weights, dtype=np.float64).sum(axis=summed)
    gains: FloatArray = np.sqrt(np.atleast_1d(squares)).ravel()
    return gains
