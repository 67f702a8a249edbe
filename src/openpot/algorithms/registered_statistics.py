"""Statistics of openpot's algorithms through POT's collector: for callers who register, collect and run step by step.

The names are POT's: ``min_min`` and ``max_abs_max`` for the ends of a range, ``mean_per_channel`` for means.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from openpot.algorithms.context import Calibration
from openpot.graph.node_index import NodeIndex
from openpot.graph.tensor_id import TensorId
from openpot.layers.linear_layer import find_linear_layers
from openpot.numerics.aggregators import Aggregator, AggregatorKind
from openpot.numerics.reducers import Reducer, ReducerKind
from openpot.placement.virtual_bias import find_bias_add
from openpot.statistics.spec import StatisticSpec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from openpot.graph.model import CompressedModel
    from openpot.statistics.collector import StatisticsCollector

_ENDS = {ReducerKind.MIN: "min", ReducerKind.MAX: "max", ReducerKind.ABS_MAX: "max"}


def format_statistic_name(spec: StatisticSpec) -> str:
    """What POT calls the statistic that a spec asks for."""
    reducer = spec.reducer
    if reducer.quantile is not None:
        is_low = reducer.kind is ReducerKind.QUANTILE and reducer.quantile < 0.5
        outside = round(reducer.quantile if is_low else 1 - reducer.quantile, 12)
        return f"{'min' if is_low else 'max'}_{reducer.kind}_{outside}"
    if reducer.kind in _ENDS:
        return f"{_ENDS[reducer.kind]}_{reducer.kind}"
    return f"{reducer.kind}_per_channel" if reducer.channel_axis is not None else str(reducer.kind)


@dataclass(frozen=True, eq=False)
class RegisteredStatistics:
    """What one algorithm asked a collector for.

    Attributes:
        algorithm: the name under which it asked.
        collector: whom it asked.
        places: for each spec the node and the name of its statistic, as the collector files them.
        original: a copy of the model at that time, if the algorithm needs it.
    """

    algorithm: str
    collector: StatisticsCollector
    places: Mapping[StatisticSpec, tuple[Any, str]]
    original: CompressedModel | None = None

    def make_calibration(self) -> Calibration:
        """The answers, combined over all inferences.

        Raises:
            EngineError: nothing was collected yet.
        """
        statistics = self.collector.get_statistics_for_algorithm(self.algorithm)
        rows = {
            spec: [row for rows in statistics[node][name] for row in rows] for spec, (node, name) in self.places.items()
        }
        answers = {spec: np.asarray(spec.aggregator(values)) for spec, values in rows.items() if values}
        counts = {len(values) for values in rows.values()}
        return Calibration(answers, counts.pop() if len(counts) == 1 else None, self.original)


def register_specs(
    model: CompressedModel,
    specs: Iterable[StatisticSpec],
    name_of: Callable[[StatisticSpec], str],
) -> tuple[dict[Any, dict[str, Any]], dict[StatisticSpec, tuple[Any, str]]]:
    """The layout of statistics that specs stand for, and the place of each spec in it.

    Args:
        model: what is observed.
        specs: the statistics.
        name_of: names a statistic; different ones of one node get a number after it.
    """
    indices = [NodeIndex(member.model) for member in model.members]
    layout: dict[Any, dict[str, Any]] = {}
    places: dict[StatisticSpec, tuple[Any, str]] = {}
    for spec in dict.fromkeys(specs):
        node, function = _make_node_key(spec.tensor, indices), spec.reducer
        statistics = layout.setdefault(node, {})
        name, number = name_of(spec), 1
        while statistics.get(name, function) != function:
            number += 1
            name = f"{name_of(spec)}_{number}"
        statistics[name] = function
        places[spec] = (node, name)
    return layout, places


def specify_mean_outputs(model: CompressedModel) -> tuple[StatisticSpec, ...]:
    """The mean of each output channel of every linear layer, after its bias."""
    specs = []
    for position in range(len(model.members)):
        snapshot = model.snapshot(position)
        for layer in find_linear_layers(snapshot):
            bias = find_bias_add(snapshot, layer.record)
            tensor = TensorId(layer.name if bias is None else bias.name)
            reducer = Reducer(ReducerKind.MEAN, channel_axis=layer.output_axis)
            specs.append(StatisticSpec(tensor, reducer, Aggregator(AggregatorKind.MEAN)))
    return tuple(specs)


def _make_node_key(tensor: TensorId, indices: Iterable[NodeIndex]) -> str | tuple[str, int]:
    """The name of a node; with the number of the output if it has several, as POT's layouts have it."""
    index = next(candidate for candidate in indices if tensor.node in candidate)
    return tensor.node if index.node(tensor.node).get_output_size() == 1 else (tensor.node, tensor.port)
