"""Second step of placement: quantizers move up through operations that only move or select values, and merge.

The higher a quantizer stands, the more operations work on INT8 data, and the more readers share it. It may move above
an operation only if everything else below that operation can read quantized values as well.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from openpot.graph.operation_kinds import POT_TO_ALL_INPUTS, POT_TO_VARIABLE_INPUTS
from openpot.graph.snapshot import NodeRecord
from openpot.graph.tensor_id import InputId, TensorId
from openpot.placement.quantizer_graph import DraftQuantizer, QuantizerGraph
from openpot.placement.quantizer_insertion import insert_on_ports


@dataclass(frozen=True)
class MovementRules:
    """Where quantizers may move.

    Attributes:
        moves: Whether a quantizer may move above this operation.
        harmless: Whether this operation may read quantized values that were placed for another one.
        marked: Operations of blocks that stay float: nothing moves above them.
        keeps_input_scale_shifts: Whether a quantizer between a model input and a scale-shift stays.
    """

    moves: Callable[[NodeRecord], bool]
    harmless: Callable[[NodeRecord], bool]
    marked: frozenset[str] = frozenset()
    keeps_input_scale_shifts: bool = False


def propagate(graph: QuantizerGraph, rules: MovementRules) -> None:
    """Move every quantizer as far up as the rules allow."""
    stuck = _Obstacles(graph, rules).find_stuck()
    queue = deque(quantizer.key for quantizer in graph.sort_by_name())
    while queue:
        key = queue.popleft()
        if key in graph.quantizers:
            for new in _move(graph, graph.quantizers[key], rules, stuck):
                queue.appendleft(new)


def _move(graph: QuantizerGraph, quantizer: DraftQuantizer, rules: MovementRules, stuck: set[str]) -> list[str]:
    """Move one quantizer up by one operation; returns the keys of those that stand there now."""
    above = graph.source(InputId(quantizer.key, 0)).node
    if above in graph.quantizers:
        _merge_into(graph, quantizer, graph.quantizers[above])
        return []
    node = graph.record(above)
    if node.type == "Parameter":
        if not rules.keeps_input_scale_shifts and _reads_scale_shift(graph, quantizer.key):
            graph.remove(quantizer.key)
        return []
    if above in stuck or graph.is_constant(above) or not rules.moves(node):
        return []
    graph.remove(quantizer.key)
    return insert_on_ports(graph, above, _ports_to_move_to(graph, node))


def _merge_into(graph: QuantizerGraph, lower: DraftQuantizer, upper: DraftQuantizer) -> None:
    if lower.priority > upper.priority:
        upper.kind, upper.priority = lower.kind, lower.priority
    graph.remove(lower.key)


def _ports_to_move_to(graph: QuantizerGraph, node: NodeRecord) -> Iterable[int]:
    every = range(len(node.inputs))
    if node.type in POT_TO_ALL_INPUTS:
        return every
    if node.type in POT_TO_VARIABLE_INPUTS:
        return [port for port in every if not graph.is_constant(graph.source(InputId(node.name, port)).node)]
    return [0]


def _reads_scale_shift(graph: QuantizerGraph, key: str) -> bool:
    """Whether the first reader of a quantizer is a Multiply whose first reader is an Add."""
    reader = graph.consumers(key)[0]
    if graph.type_of(reader) != "Multiply":
        return False
    next_readers = graph.consumers(reader)
    return bool(next_readers) and graph.type_of(next_readers[0]) == "Add"


class _Obstacles:
    """Finds the operations above which no quantizer may move, before any has moved.

    One pass from the last operation to the first notes for each what lies below it; only a Concat that nothing
    quantized follows is searched from.
    """

    def __init__(self, graph: QuantizerGraph, rules: MovementRules) -> None:
        self.graph, self.rules = graph, rules
        self._float_below: set[str] = set()
        self._quantized_below: set[str] = set()
        self._float_concat_below: set[str] = set()

    def find_stuck(self) -> set[str]:
        """All operations with an obstacle below them, and the marked ones."""
        stuck = set(self.rules.marked)
        for name in reversed(self.graph.snapshot.nodes):
            self._sum_up(name)
            if self.rules.moves(self.graph.record(name)) and self._is_stuck(name):
                stuck.add(name)
        return stuck

    def _sum_up(self, name: str) -> None:
        """What the readers below are like, as far as no quantizer is between."""
        if any(reader in self.graph.quantizers for reader in self.graph.consumers(name)):
            self._quantized_below.add(name)
        for reader in self._readers(name):
            if not self._harmless(reader):
                self._float_below.add(name)
                continue
            for known in (self._float_below, self._quantized_below, self._float_concat_below):
                if reader in known:
                    known.add(name)
            if self.graph.type_of(reader) == "Concat" and reader not in self._quantized_below:
                self._float_concat_below.add(name)

    def _is_stuck(self, name: str) -> bool:
        """Whether a reader below stays in float, or a Concat there has inputs in float and nothing quantized below."""
        if name in self._float_below or name not in self._float_concat_below:
            return name in self._float_below
        below = self._reach(name, self._readers)
        concats = [other for other in below if self.graph.type_of(other) == "Concat"]
        return any(
            not self._harmless(source)
            for concat in concats
            if concat not in self._quantized_below
            for source in self._reach(concat, lambda other: self._float_sources(other, name))
        )

    def _harmless(self, name: str) -> bool:
        return name in self.graph.quantizers or self.rules.harmless(self.graph.record(name))

    def _readers(self, name: str) -> list[str]:
        return [
            reader
            for reader in self.graph.consumers(name)
            if reader not in self.graph.quantizers and self.graph.type_of(reader) != "ShapeOf"
        ]

    def _float_sources(self, name: str, start: str) -> list[str]:
        return [
            source
            for source in self.graph.sources(name)
            if source not in self.graph.quantizers and not self.graph.is_constant(source) and source != start
        ]

    def _reach(self, start: str, step: Callable[[str], list[str]]) -> list[str]:
        """The operations that a walk reaches: it goes on through harmless ones and ends at others."""
        reached: dict[str, None] = {}
        pending = deque([start])
        while pending:
            for other in step(pending.popleft()):
                if other not in reached and other != start:
                    reached[other] = None
                    if self._harmless(other):
                        pending.append(other)
        return list(reached)


def deduplicate(
    graph: QuantizerGraph, same_kind: Callable[[DraftQuantizer, DraftQuantizer], bool] | None = None
) -> None:
    """Leave one quantizer on each output, the first by name; the others give it their readers.

    Args:
        graph: The draft.
        same_kind: Whether two quantizers on one output can be merged; default: always.
    """
    for name in sorted(graph.snapshot.nodes):
        for port in range(len(graph.record(name).output_shapes)):
            _deduplicate_output(graph, name, port, same_kind)


def _deduplicate_output(
    graph: QuantizerGraph,
    name: str,
    port: int,
    same_kind: Callable[[DraftQuantizer, DraftQuantizer], bool] | None,
) -> None:
    keys = [reader.node for reader in graph.readers(TensorId(name, port)) if reader.node in graph.quantizers]
    kept: list[DraftQuantizer] = []
    for quantizer in graph.sort_by_name(keys):
        twin = next((first for first in kept if same_kind is None or same_kind(first, quantizer)), None)
        if twin is None:
            kept.append(quantizer)
        else:
            graph.hand_over(quantizer.key, twin.key)
