"""Bias shifts that make up for how changed weights move the mean output of a layer, accepted where plausible."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from openpot.algorithms.bias_records import BiasRecord
from openpot.errors import ModelError
from openpot.layers.linear_layer import LinearLayer, compute_mean_output
from openpot.numerics.aggregators import Aggregator, AggregatorKind
from openpot.numerics.bias_shift import ShiftVerdict, check_shift
from openpot.numerics.granularity import to_channel_rows
from openpot.numerics.reducers import Reducer, ReducerKind
from openpot.rewrites.insert_bias import find_bias
from openpot.statistics.spec import StatisticSpec

if TYPE_CHECKING:
    from openpot.graph.node_index import NodeIndex
    from openpot.graph.snapshot import GraphSnapshot
    from openpot.typing_aliases import Array


@dataclass(frozen=True, eq=False)
class ShiftCheck:
    """Checks whether bias shifts of the layers of one graph are plausible, by the threshold of ``check_shift``."""

    snapshot: GraphSnapshot
    nodes: NodeIndex
    threshold: float

    def check(
        self, layer: LinearLayer, original: Array, changed: Array, mean_input: Array, measured: Array | None = None
    ) -> tuple[BiasRecord, Array | None]:
        """The record of a layer and the shift of its bias; no shift where it is not accepted.

        Args:
            layer: the layer.
            original: its weights before they were changed, in the shape of the constant.
            changed: the weights that it has now.
            mean_input: mean of each input channel, shape ``(input channels,)``.
            measured: the shift where it is known already; else it follows from the weights and the mean input.
        """
        try:
            bias = find_bias(self.nodes, layer.name)
            shift = measured
            if shift is None:
                shift = compute_mean_output(layer, original - changed, mean_input, self.snapshot)
        except ModelError as failure:
            return BiasRecord(layer.name, False, 0.0, str(failure)), None
        response = np.linalg.norm(to_channel_rows(original, bias.channels.weight_axes), axis=1)
        usual = response * np.sqrt(np.mean(np.square(mean_input)))
        verdict = check_shift(shift, bias.values, usual, self.threshold)
        return make_bias_record(layer.name, verdict, bias.constant is None), shift if verdict.accepted else None


def make_bias_record(layer: str, verdict: ShiftVerdict, has_no_bias: bool) -> BiasRecord:
    """The record of a shift that was checked."""
    if verdict.accepted:
        return BiasRecord(layer, True, verdict.magnitude, inserted=has_no_bias)
    return BiasRecord(layer, False, verdict.magnitude, f"the shift is {verdict.magnitude:.3g} times what is usual")


def specify_mean_input(layer: LinearLayer) -> StatisticSpec:
    """The mean of each input channel over samples, batch and positions."""
    reducer = Reducer(ReducerKind.MEAN, channel_axis=layer.data_axis)
    return StatisticSpec(layer.data, reducer, Aggregator(AggregatorKind.MEAN))
