"""Which quantizers of activations must share their limits: those that a Concat or a recurrent operation joins."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from openpot.config.hardware import ALL_INPUTS, HardwareTable
from openpot.graph.operation_kinds import FLOAT_TYPES, OPERATIONS_WITH_BIAS
from openpot.graph.snapshot import NodeRecord
from openpot.graph.tensor_id import InputId
from openpot.placement.plan import QuantizerKind
from openpot.placement.quantizer_graph import QuantizerGraph
from openpot.placement.table_entry import find_table_entry
from openpot.scheme import PerChannel

_SHARED_BELOW = OPERATIONS_WITH_BIAS | {"ConvolutionBackpropData"}


@dataclass(frozen=True)
class QuantizerGroup:
    """Operations that join quantizers (bridges), and the keys of the quantizers; both in the order of their names."""

    bridges: tuple[str, ...]
    quantizers: tuple[str, ...]


def find_groups(
    graph: QuantizerGraph,
    table: HardwareTable,
    is_agnostic: Callable[[NodeRecord], bool],
    depthwise_prevents: bool = True,
) -> list[QuantizerGroup]:
    """Groups of at least two quantizers of activations, in the order of their bridges.

    Args:
        graph: The draft with all quantizers in place.
        table: Says which operations demand equal limits.
        is_agnostic: Whether an operation only moves values.
        depthwise_prevents: POT's rule: a Concat demands nothing if one of its readers takes limits per channel.
    """
    search = _GroupSearch(graph, table, is_agnostic, depthwise_prevents)
    groups = search.find_joined_by_operations() + search.find_joined_by_sequences()
    return sorted(groups, key=lambda group: (group.bridges, group.quantizers))


class _GroupSearch:
    def __init__(
        self,
        graph: QuantizerGraph,
        table: HardwareTable,
        is_agnostic: Callable[[NodeRecord], bool],
        depthwise_prevents: bool,
    ) -> None:
        self.graph, self.table, self.is_agnostic_record = graph, table, is_agnostic
        self.depthwise_prevents = depthwise_prevents
        self.visited: set[str] = set()
        self._bridges: dict[str, bool] = {}

    def find_joined_by_operations(self) -> list[QuantizerGroup]:
        groups = []
        for quantizer in self.graph.sort_by_name():
            if quantizer.key in self.visited or not self._is_on_activations(quantizer.key):
                continue
            bridges, keys = self._walk_component(quantizer.key)
            if len(keys) > 1 and any(self._is_bridge(name) for name in bridges):
                groups.append(QuantizerGroup(tuple(sorted(bridges)), tuple(sorted(keys))))
        return groups

    def find_joined_by_sequences(self) -> list[QuantizerGroup]:
        groups = []
        for node in self.graph.snapshot.nodes.values():
            entry = self.table.find(node.type)
            if entry is None or isinstance(entry.unified_scales, str):
                continue
            for ports in entry.unified_scales:
                keys = {key for port in ports for key in self._find_quantizers_above(node.name, port)}
                if len(keys) > 1 and all(self._is_on_activations(key) for key in keys):
                    groups.append(QuantizerGroup((node.name,), tuple(sorted(keys))))
        return groups

    def _walk_component(self, start: str) -> tuple[list[str], list[str]]:
        """What agnostic operations connect with a quantizer: bridges that read no constant, and quantizers."""
        bridges: list[str] = []
        keys: list[str] = []
        pending = [start]
        while pending:
            name = pending.pop()
            if name in self.visited:
                continue
            self.visited.add(name)
            if name in self.graph.quantizers:
                keys.append(name)
            elif (self._is_bridge(name) or self.graph.type_of(name) == "Concat") and not self._reads_constant(name):
                bridges.append(name)
            pending.extend(other for other in self._find_connected(name) if other not in self.visited)
        return bridges, keys

    def _find_connected(self, name: str) -> list[str]:
        is_quantizer = name in self.graph.quantizers
        connected = []
        if is_quantizer or self._is_agnostic(name):
            readers = (other for other in self.graph.consumers(name) if self._is_float(other))
            connected += [other for other in readers if self._is_agnostic(other) or self._is_bridge(other)]
        if not is_quantizer:
            sources = (other for other in self.graph.sources(name) if self._is_float(other))
            connected += [
                other
                for other in sources
                if self._is_agnostic(other) or (other in self.graph.quantizers and self._is_on_activations(other))
            ]
        return connected

    def _is_bridge(self, name: str) -> bool:
        """Whether an operation demands equal limits on its inputs."""
        if name not in self._bridges:
            self._bridges[name] = self._demands_equal_limits(name)
        return self._bridges[name]

    def _demands_equal_limits(self, name: str) -> bool:
        if name in self.graph.quantizers:
            return False
        entry = self.table.find(self.graph.type_of(name))
        if entry is None or entry.unified_scales != ALL_INPUTS:
            return False
        return self.graph.type_of(name) != "Concat" or self._concat_counts(name)

    def _concat_counts(self, name: str) -> bool:
        """Whether a Concat joins quantized inputs for an operation with weights that takes one pair of limits."""
        if not self._has_quantized_input(name):
            return False
        ends = self._find_ends_below(name)
        by_channel = [end for end in ends if self._takes_channels_only(end)]
        if self.depthwise_prevents and by_channel:
            return False
        others = set(ends) - set(by_channel)
        return any(self.graph.type_of(end) in _SHARED_BELOW for end in others)

    def _has_quantized_input(self, name: str) -> bool:
        pending = deque([name])
        seen: set[str] = set()
        while pending:
            for source in self.graph.sources(pending.popleft()):
                if source in self.graph.quantizers or self.graph.type_of(source) == "Concat":
                    return True
                if source not in seen and not self.graph.is_constant(source):
                    seen.add(source)
                    pending.append(source)
        return False

    def _find_ends_below(self, name: str) -> list[str]:
        """The first operations below that are not agnostic, as far as no quantizer is between."""
        ends: dict[str, None] = {}
        pending, seen = deque([name]), {name}
        while pending:
            for reader in self.graph.consumers(pending.popleft()):
                if reader in seen:
                    continue
                seen.add(reader)
                if self._is_agnostic(reader):
                    pending.append(reader)
                elif reader not in self.graph.quantizers:
                    ends[reader] = None
        return list(ends)

    def _takes_channels_only(self, name: str) -> bool:
        entry = find_table_entry(self.table, self.graph.snapshot, self.graph.record(name))
        if entry is None or not entry.activations:
            return False
        return all(isinstance(config.granularity, PerChannel) for config in entry.activations)

    def _find_quantizers_above(self, name: str, port: int) -> list[str]:
        """The quantizer nearest above an input, whatever lies between but constants; empty if there is none."""
        source = self.graph.source(InputId(name, port)).node
        if source in self.graph.quantizers:
            return [source]
        pending, seen = deque([source]), {source}
        while pending:
            above = self.graph.sources(pending.popleft())
            nearest = [other for other in above if other in self.graph.quantizers]
            if nearest:
                return nearest[:1]
            fresh = [other for other in above if other not in seen and not self.graph.is_constant(other)]
            seen.update(fresh)
            pending.extend(fresh)
        return []

    def _is_agnostic(self, name: str) -> bool:
        return name not in self.graph.quantizers and self.is_agnostic_record(self.graph.record(name))

    def _reads_constant(self, name: str) -> bool:
        return any(self.graph.is_constant(source) for source in self.graph.sources(name))

    def _is_float(self, name: str) -> bool:
        return name in self.graph.quantizers or self.graph.record(name).output_type in FLOAT_TYPES

    def _is_on_activations(self, key: str) -> bool:
        kind = self.graph.quantizers[key].kind
        return kind != QuantizerKind.WEIGHTS and not self.graph.is_constant(self.graph.quantized_tensor(key).node)
