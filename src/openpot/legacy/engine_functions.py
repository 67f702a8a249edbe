"""POT's ``engines.utils``: what engines that run their own inference used for names of outputs and for statistics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from typing import TYPE_CHECKING, Any

from openpot.graph.edit import set_tensor_names
from openpot.inference.named_outputs import collect_arrays_by_name
from openpot.legacy.output_keys import convert_output_key
from openpot.statistics.statistic import compute_statistic

if TYPE_CHECKING:
    from openpot.graph.types import Model, Output
    from openpot.typing_aliases import Array

Layout = MutableMapping[Any, MutableMapping[Any, Any]]
"""``{node: {statistic: function}}``."""


def collect_model_outputs(ng_model: Model) -> list[str]:
    """The tensor names of all outputs of a model."""
    return [name for output in ng_model.outputs for name in sorted(output.get_names())]


def add_tensor_names(nodes: Iterable[Output], names: Iterable[str | tuple[str, int]]) -> None:
    """Add one name to the tensor names of each output: a text, or ``(node, number)`` for ``node.number``."""
    for output, name in zip(nodes, names, strict=False):
        set_tensor_names(output, {*output.get_tensor().get_names(), str(convert_output_key(name))})


def cast_friendly_names(nodes: Iterable[Output]) -> None:
    """Add the name of the operation to the tensor names of each output."""
    for output in nodes:
        set_tensor_names(output, {*output.get_tensor().get_names(), output.get_node().friendly_name})


def append_stats(
    accumulated_layer_stats: dict[Any, dict[Any, list[tuple[int, Any]]]],
    stats_layout: Mapping[Any, Mapping[Any, Any]],
    value: Mapping[Output, Array] | Sequence[Mapping[Output, Array]],
    dataset_index: int,
) -> None:
    """Apply the functions of a layout to what an inference returned and keep the results with the number of the sample.

    Args:
        accumulated_layer_stats: ``{node: {statistic: [(sample, result), ...]}}``, added to.
        stats_layout: ``{node: {statistic: function}}``; nodes that are not among the outputs are passed over.
        value: arrays by output, or a list of them where one sample took several inferences: each then counts.
        dataset_index: number of the sample.
    """
    for outputs in [value] if isinstance(value, Mapping) else value:
        by_name = collect_arrays_by_name(outputs)
        for node, functions in stats_layout.items():
            kept = accumulated_layer_stats.setdefault(node, {name: [] for name in functions})
            for name, function in functions.items():
                if node in by_name:
                    kept[name].append((dataset_index, compute_statistic(function, by_name, node)))


def process_accumulated_stats(
    accumulated_stats: Mapping[Any, Mapping[Any, Sequence[tuple[int, Any]]]],
    stat_names_aliases: Mapping[Any, Any] | None = None,
) -> dict[Any, dict[Any, list[Any]]]:
    """The results of ``append_stats`` in the order of the samples, under ``stat_names_aliases[node]`` if given."""
    aliases = stat_names_aliases or {}
    return {
        aliases.get(node, node): {
            name: [result for _, result in sorted(results, key=lambda entry: entry[0])]
            for name, results in kept.items()
        }
        for node, kept in accumulated_stats.items()
    }


def align_stat_names_with_results(
    result_names: Iterable[str],
    nodes_name: Iterable[str | tuple[str, int]],
    node2result: MutableMapping[str, str] | None,
    stats_layout: Layout,
    stat_aliases: Mapping[str, Layout] | None,
) -> None:
    """Ask for ``node.0`` where a node has several outputs and ``node`` is not the name of any; without map, do nothing.

    Args:
        result_names: names of the outputs of the model.
        nodes_name: the nodes that statistics are wanted of.
        node2result: name of the output by node; added to.
        stats_layout: ``{node: {statistic: function}}``; changed.
        stat_aliases: ``{algorithm: {node: {function: names}}}``; changed.
    """
    if not node2result:
        return
    known = set(result_names)
    for node in nodes_name:
        if isinstance(node, str) and node not in known and (node, 0) not in stats_layout:
            node2result[node] = f"{node}.0"
            _rename(stats_layout, stat_aliases, node, f"{node}.0")


def restore_original_node_names(
    node2result: Mapping[str, str] | None,
    accumulated_stats: MutableMapping[Any, Any],
    stats_layout: Layout,
    stat_aliases: Mapping[str, Layout] | None,
) -> None:
    """Undo ``align_stat_names_with_results``, in the collected statistics too."""
    for node, result in (node2result or {}).items():
        accumulated_stats[node] = accumulated_stats.pop(result)
        _rename(stats_layout, stat_aliases, result, node)


def _rename(stats_layout: Layout, stat_aliases: Mapping[str, Layout] | None, old: str, new: str) -> None:
    for table in (stats_layout, *(stat_aliases or {}).values()):
        if old in table:
            table[new] = table.pop(old)
