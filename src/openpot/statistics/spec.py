"""What to observe and how to summarise it: a request that algorithms make and the collector answers."""

from __future__ import annotations

from dataclasses import dataclass

from openpot.graph.tensor_id import TensorId
from openpot.numerics.aggregators import Aggregator
from openpot.numerics.reducers import Reducer


@dataclass(frozen=True)
class StatisticSpec:
    """Reduce ``tensor`` to a small array at every inference, then combine these over all inferences.

    The answer has shape ``()`` for a per-tensor reducer and ``(channels,)`` for a per-channel one. Equal specs of
    different algorithms are collected once.
    """

    tensor: TensorId
    reducer: Reducer
    aggregator: Aggregator
