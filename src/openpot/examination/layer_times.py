"""What layers take before and after quantization, and what the conversions between them take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from openpot.examination.records import ConversionRecord, LayerTimeRecord
from openpot.measure.conversion_times import time_conversions
from openpot.measure.operation_times import sum_time, time_side_by_side

if TYPE_CHECKING:
    from openpot.graph.types import Model
    from openpot.typing_aliases import Array

SECONDS_OF_TIMING = 2.0
TIMED_INPUTS = 2
LONGEST = 3
_MICROSECONDS = 1e6


def time_layers(
    source: Model, result: Model, layers: Sequence[str], inputs: Sequence[Mapping[int, Array]]
) -> tuple[LayerTimeRecord, ...]:
    """Times of layers in both models, one inference at a time; those that the device does not name are left out."""
    timed = inputs[:TIMED_INPUTS]
    before, after = time_side_by_side([source, result], timed, SECONDS_OF_TIMING)
    records = []
    for layer in layers:
        seconds = [sum_time(nodes, [layer], layers) / len(timed) for nodes in (before, after)]
        if all(seconds):
            records.append(LayerTimeRecord(layer, *(_MICROSECONDS * value for value in seconds)))
    return tuple(records)


def describe_conversions(result: Model, inputs: Sequence[Mapping[int, Array]]) -> ConversionRecord:
    """What the device converts between layers of the quantized model."""
    times = time_conversions(result, inputs)
    spent = sum(times.seconds.values())
    longest = sorted(times.seconds, key=lambda name: -times.seconds[name])[:LONGEST]
    share = spent / times.total if times.total else 0.0
    return ConversionRecord(len(times.seconds), _MICROSECONDS * spent, share, tuple(longest))
