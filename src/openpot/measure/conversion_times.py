"""What the device converts between the layers of a model, and how long that takes, by its own counters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from openpot.inference.compile import compile_model
from openpot.measure.operation_times import PROFILED

if TYPE_CHECKING:
    from openpot.graph.types import Model
    from openpot.typing_aliases import Array

ROUNDS = 5
_CONVERSIONS = frozenset({"Reorder", "Convert"})


@dataclass(frozen=True)
class ConversionTimes:
    """Seconds of each conversion in one inference by its name, and of all executed nodes together."""

    seconds: Mapping[str, float]
    total: float


def time_conversions(model: Model, inputs: Sequence[Mapping[int, Array]], device: str = "CPU") -> ConversionTimes:
    """Time changes of type and memory layout in one inference; the shortest of a few rounds counts for each.

    Raises:
        ModelError: the device cannot compile the model.
    """
    request = compile_model(model, device, PROFILED).create_infer_request()
    shortest: dict[str, float] = {}
    conversions: set[str] = set()
    for _ in range(ROUNDS):
        request.infer(dict(inputs[0]))
        for node in request.profiling_info:
            seconds = node.real_time.total_seconds()
            shortest[node.node_name] = min(seconds, shortest.get(node.node_name, seconds))
            if node.node_type in _CONVERSIONS and "EXECUTED" in str(node.status):
                conversions.add(node.node_name)
    return ConversionTimes({name: shortest[name] for name in sorted(conversions)}, sum(shortest.values()))
