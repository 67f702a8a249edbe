"""Statistics as users ask for them: ``{node: {name: function}}``, with nodes written in three ways."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np

from openpot.errors import ConfigError, UnknownNameError, suggest_nearest_name
from openpot.graph.lower_reducer import Request
from openpot.graph.node_index import NodeIndex
from openpot.graph.provenance import PRODUCER_SUFFIX
from openpot.graph.tensor_id import TensorId
from openpot.numerics.reducers import Reducer
from openpot.typing_aliases import Array

StatisticsLayout = Mapping[Any, Mapping[Any, Any]]
"""``{node: {statistic: function}}``; a node is its name, ``(name, port)`` or ``'name.port'``."""

CollectedStatistics = dict[Any, dict[Any, list[Any]]]
"""``{node: {statistic: [one value for each inference]}}`` under the keys of the layout."""


@runtime_checkable
class NodeStatistic(Protocol):
    """A statistic that depends on which node it belongs to, or on the tensors of several nodes."""

    def list_companions(self, node: str) -> tuple[str, ...]:
        """Further nodes whose tensors are needed for the statistic of ``node``."""

    def compute_for_node(self, tensors: Mapping[str, Array], node: str) -> Any:
        """The statistic of ``node`` from the tensors of all nodes it needs."""


@dataclass(frozen=True, eq=False)
class LayoutEntry:
    """One statistic of a layout.

    ``requests`` are the indices of the requests that it needs, by name of their node.
    """

    node_key: Any
    statistic_key: Any
    function: Callable[..., Any]
    requests: Mapping[str, int]

    def compute_value(self, slices: Mapping[int, slice], packed: Array, loose: Mapping[int, Any]) -> Any:
        """The statistic of one inference; None if a tensor that it needs was empty.

        Args:
            slices: place in the packed vector of each request that is packed.
            packed: packed vector of the inference, NaN where a tensor was empty.
            loose: answers of the other requests; tensors that were empty have none.
        """
        if isinstance(self.function, NodeStatistic):
            if any(number not in loose for number in self.requests.values()):
                return None
            tensors = {node: loose[number] for node, number in self.requests.items()}
            return self.function.compute_for_node(tensors, format_output_key(self.node_key))
        (number,) = self.requests.values()
        if number not in slices:
            return loose.get(number)
        values = packed[slices[number]]
        if np.isnan(values).all():
            return None
        is_channel = isinstance(self.function, Reducer) and self.function.channel_axis is not None
        return np.asarray(values if is_channel else values[0], np.float64)


def format_output_key(node_key: Any) -> str:
    """``(name, port)`` as the text ``name.port``; a text stays."""
    if isinstance(node_key, tuple):
        return f"{node_key[0]}.{node_key[1]}"
    return str(node_key)


def find_tensor(node_key: Any, nodes: NodeIndex) -> TensorId:
    """The tensor that a key of a layout names: ``'node'``, ``('node', port)`` or ``'node.port'``.

    POT wrote ``/pre_fq_input`` after the name of a node for a second entry of the same node.

    Raises:
        ConfigError: the key has another form.
        UnknownNameError: there is no such node.
    """
    if isinstance(node_key, tuple) and len(node_key) == 2 and isinstance(node_key[1], int):
        return TensorId(_find_node(str(node_key[0]), nodes), node_key[1])
    if not isinstance(node_key, str):
        raise ConfigError(f"a key of stats_layout is the name of a node, (name, port) or 'name.port'; got {node_key!r}")
    name, dot, port = node_key.rpartition(".")
    if node_key not in nodes and dot and port.isdigit() and name.removesuffix(PRODUCER_SUFFIX) in nodes:
        return TensorId(name.removesuffix(PRODUCER_SUFFIX), int(port))
    return TensorId(_find_node(node_key, nodes))


def _find_node(name: str, nodes: NodeIndex) -> str:
    for candidate in (name, name.removesuffix(PRODUCER_SUFFIX)):
        if candidate in nodes:
            return candidate
    raise UnknownNameError(f"stats_layout: the model has no node named {name!r}; {suggest_nearest_name(name, nodes)}")


def collect_requests(layout: StatisticsLayout, nodes: NodeIndex) -> tuple[list[Request], list[LayoutEntry]]:
    """What to observe for a layout, and how its entries are answered from it.

    Raises:
        ConfigError: a key or a function has the wrong form.
        UnknownNameError: there is no such node.
    """
    requests: list[Request] = []
    entries: list[LayoutEntry] = []

    def request(tensor: TensorId, function: Callable[..., Any]) -> int:
        requests.append((tensor, function))
        return len(requests) - 1

    for node_key, statistics in layout.items():
        tensor = find_tensor(node_key, nodes)
        for statistic_key, function in statistics.items():
            if not callable(function) and not isinstance(function, NodeStatistic):
                raise ConfigError(
                    f"stats_layout[{node_key!r}][{statistic_key!r}]: expected a function, got {function!r}"
                )
            if isinstance(function, NodeStatistic):
                node_name = format_output_key(node_key)
                needed = {node_name: request(tensor, np.asarray)}
                needed |= {
                    name: request(find_tensor(name, nodes), np.asarray) for name in function.list_companions(node_name)
                }
            else:
                needed = {tensor.node: request(tensor, function)}
            entries.append(LayoutEntry(node_key, statistic_key, function, needed))
    return requests, entries


def make_empty_statistics(layout: StatisticsLayout) -> CollectedStatistics:
    """The shape of the answer before the first inference."""
    return {node: {statistic: [] for statistic in statistics} for node, statistics in layout.items()}
