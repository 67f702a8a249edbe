"""What one algorithm asks for by a layout of functions, and several such requests merged for one pass."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from openpot.data.sampler import BatchSampler, IndexSampler, Sampler
from openpot.errors import EngineError
from openpot.numerics.reducers import Reducer

Layout = dict[Any, dict[Any, Any]]


class LayoutRequest:
    """The layout of one algorithm, under the algorithm's own names of the nodes.

    Attributes:
        layout: ``{node: {statistic: function}}``.
        sampler: which samples.
    """

    def __init__(self) -> None:
        self.layout: Layout = {}
        self.sampler: Any = None
        self._name_in_model: dict[Any, Any] = {}

    def add(self, layout: Mapping[Any, Mapping[Any, Any]], sampler: Any, layers_mapping: Mapping[Any, Any]) -> None:
        """Ask for more; the last sampler counts."""
        for node, statistics in layout.items():
            self.layout.setdefault(node, {}).update(statistics)
        self._name_in_model.update(layers_mapping)
        self.sampler = sampler

    def find_name(self, node: Any) -> Any:
        """The name that a node of the layout has in the model."""
        return self._name_in_model.get(node, node)

    def answer(self, collected: Any) -> dict[Any, dict[Any, list[Any]]]:
        """This algorithm's part of what was collected for the merged layout.

        Raises:
            EngineError: the engine left something out.
        """
        answer: dict[Any, dict[Any, list[Any]]] = {}
        for node, statistics in self.layout.items():
            try:
                statistics_of_node = collected[self.find_name(node)]
                answer[node] = {
                    name: _add_sample_axis(function, statistics_of_node[function])
                    for name, function in statistics.items()
                }
            except (KeyError, TypeError) as error:
                raise EngineError(
                    f"the engine returned no statistics of {node!r}; expected {{node: {{statistic: [values]}}}} with "
                    "the keys of stats_layout"
                ) from error
        return answer


def _add_sample_axis(function: Any, values: Iterable[Any]) -> list[Any]:
    """Values with an axis of samples in front, which those of reducers lack and POT's functions have."""
    return [np.asarray(value)[np.newaxis] for value in values] if isinstance(function, Reducer) else list(values)


def merge_layouts(requests: Mapping[str, LayoutRequest]) -> tuple[Layout, dict[str, dict[Any, dict[Any, list[Any]]]]]:
    """One layout ``{node: {function: function}}`` for several algorithms, equal functions once.

    Returns:
        The layout, and under which names each algorithm knows its functions:
        ``{algorithm: {node: {function: [names]}}}``.
    """
    layout: Layout = {}
    aliases: dict[str, dict[Any, dict[Any, list[Any]]]] = {}
    for algorithm, request in requests.items():
        known = aliases.setdefault(algorithm, {})
        for node, statistics in request.layout.items():
            key = request.find_name(node)
            for name, function in statistics.items():
                layout.setdefault(key, {})[function] = function
                known.setdefault(key, {}).setdefault(function, []).append(name)
    return layout, aliases


def group_by_sampler(samplers: Mapping[str, Any]) -> list[list[str]]:
    """The algorithms whose samplers go through the same samples in the same batches, group by group."""
    groups: list[tuple[Any, list[str]]] = []
    for name, sampler in samplers.items():
        for other, names in groups:
            if _deliver_the_same(sampler, other):
                names.append(name)
                break
        else:
            groups.append((sampler, [name]))
    return [names for _, names in groups]


def _deliver_the_same(first: Any, second: Any) -> bool:
    """Whether two samplers deliver the same; a user's sampler is only known to deliver what it delivers itself."""
    if first is second:
        return True
    if type(first) is not type(second) or type(first) not in (BatchSampler, IndexSampler):
        return False
    ways = [(sampler.batch_size, sampler.num_samples, _list_indices(sampler)) for sampler in (first, second)]
    return ways[0] == ways[1] and first.data_loader is second.data_loader


def _list_indices(sampler: Sampler) -> list[int] | None:
    return None if sampler.subset_indices is None else list(sampler.subset_indices)
