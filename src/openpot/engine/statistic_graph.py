"""Where the nodes of a layout of statistics are: the step that cascade engines written for POT take themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openpot.engine.statistics_layout import StatisticsLayout, find_tensor, format_output_key
from openpot.errors import UnknownNameError
from openpot.graph.node_index import NodeIndex

if TYPE_CHECKING:
    from openpot.graph.model import CompressedModel


class StatisticGraphBuilder:
    """Maps the keys of a layout to outputs of the members of a model; nothing is inserted into the model."""

    def insert_statistic(
        self, model: CompressedModel, stats_layout: StatisticsLayout, stat_aliases: Any = None
    ) -> tuple[CompressedModel, dict[str, dict[Any, tuple[str, int]]], dict[Any, str]]:
        """Find the outputs to observe.

        Args:
            model: a single model or a cascade.
            stats_layout: ``{node: {statistic: function}}``.
            stat_aliases: not needed; accepted because engines pass it.

        Returns:
            The model; for each member, by the name of its ``openvino.Model``, the output ``(node, port)`` of each key;
            and an empty dict, where POT gave the nodes of sub-graph bodies.

        Raises:
            UnknownNameError: no member has a node of that name.
        """
        del stat_aliases
        indices = {member.model.get_friendly_name(): NodeIndex(member.model) for member in model.members}
        places: dict[str, dict[Any, tuple[str, int]]] = {name: {} for name in indices}
        for key in stats_layout:
            name = self._find_owner(key, indices)
            tensor = find_tensor(key, indices[name])
            places[name][key] = (tensor.node, tensor.port)
        return model, places, {}

    @staticmethod
    def _find_owner(key: Any, indices: dict[str, NodeIndex]) -> str:
        last_error: UnknownNameError | None = None
        for name, nodes in indices.items():
            try:
                find_tensor(key, nodes)
            except UnknownNameError as error:
                last_error = error
            else:
                return name
        raise last_error or UnknownNameError(f"the model has no members, so no node {format_output_key(key)!r}")
