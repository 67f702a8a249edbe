"""How long the device takes for the operations of a model, by its own counters."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from openpot.inference.compile import REFERENCE_PROPERTIES, compile_model
from openpot.inference.feeds import NextStep
from openpot.measure.executed_graph import read_executed_graph
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.types import Model

MIN_ROUNDS = 5
PROFILED: Mapping[str, object] = {**REFERENCE_PROPERTIES, "PERFORMANCE_HINT": "LATENCY", "PERF_COUNT": True}
DEPLOYED: Mapping[str, object] = {"PERFORMANCE_HINT": "LATENCY", "PERF_COUNT": True}


@dataclass(frozen=True)
class TimedNode:
    """One node that the device executes: the operations of the model in it, and its shortest time in seconds."""

    operations: frozenset[str]
    seconds: float


def time_side_by_side(
    models: Sequence[Model],
    feeds: Sequence[Mapping[int, Array]],
    seconds: float,
    device: str = "CPU",
    as_deployed: bool = False,
) -> list[list[TimedNode]]:
    """Time the operations of several models in turns on the same inputs.

    Args:
        models: the models; compiled for low latency.
        feeds: inputs by number; each turn infers all of them.
        seconds: about how long to measure; at least ``MIN_ROUNDS`` turns are made. Compiling is not counted.
        device: where to run.
        as_deployed: in the precision that the device chooses; else in exact FP32.

    Returns:
        For each model its executed nodes. The shortest of all turns counts, summed up over ``feeds``: other programs
        can only make it longer.

    Raises:
        ModelError: the device cannot compile a model.
    """
    runs = [_Profiled(model, device, as_deployed) for model in models]
    start, rounds = time.perf_counter(), 0
    while rounds < MIN_ROUNDS or time.perf_counter() - start < seconds:
        for run in runs:
            run.infer_once(feeds)
        rounds += 1
    return [run.list_nodes() for run in runs]


def sum_time(nodes: Sequence[TimedNode], operations: Collection[str], leading: Collection[str]) -> float:
    """Seconds of the nodes that belong to some operations.

    Args:
        nodes: those of one model.
        operations: what is asked about.
        leading: operations to which a node belongs whatever else is fused into it. Nodes without any belong to
            everything that is in them.
    """
    wanted = frozenset(operations)
    seconds = 0.0
    for node in nodes:
        owners = node.operations & frozenset(leading) or node.operations
        seconds += node.seconds if owners & wanted else 0.0
    return seconds


class _Profiled:
    """A compiled model whose nodes are timed."""

    def __init__(self, model: Model, device: str, as_deployed: bool) -> None:
        compiled = compile_model(model, device, DEPLOYED if as_deployed else PROFILED)
        self._request = compiled.create_infer_request()
        self._has_state = bool(self._request.query_state())
        self._operations: dict[str, set[str]] = {}
        for operation, executed in read_executed_graph(model, compiled=compiled).operations.items():
            self._operations.setdefault(executed.node, set()).add(operation)
        self._shortest: list[dict[str, float]] = []

    def infer_once(self, feeds: Sequence[Mapping[int, Array]]) -> None:
        """Infer all feeds once."""
        for number, feed in enumerate(feeds):
            if self._has_state and not isinstance(feed, NextStep):
                self._request.reset_state()
            self._request.infer(dict(feed))
            durations: dict[str, float] = {}
            for node in self._request.profiling_info:
                durations[node.node_name] = durations.get(node.node_name, 0.0) + node.real_time.total_seconds()
            if number == len(self._shortest):
                self._shortest.append(durations)
            known = self._shortest[number]
            known |= {name: min(duration, known.get(name, duration)) for name, duration in durations.items()}

    def list_nodes(self) -> list[TimedNode]:
        """The executed nodes in which operations of the model are."""
        return [
            TimedNode(frozenset(operations), float(np.sum([feed.get(node, 0.0) for feed in self._shortest])))
            for node, operations in self._operations.items()
        ]
