"""Quantized tensors with their values: what their ranges cover, clip and waste."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from openpot.examination.channel_values import ChannelReach, find_channel_axis
from openpot.examination.expose_tensors import infer_tensors
from openpot.examination.records import Histogram, TensorRecord
from openpot.graph.node_index import NodeIndex
from openpot.graph.revisions import snapshot_graphs
from openpot.graph.snapshot import GraphSnapshot
from openpot.graph.weights import constant_array
from openpot.layers.linear_layer import find_linear_layers
from openpot.numerics.fake_quantize import FakeQuantizeLimits
from openpot.placement.plan import QuantizerKind
from openpot.rewrites.read_limits import read_limits

if TYPE_CHECKING:
    from openpot.graph.types import Model
    from openpot.typing_aliases import Array

BINS = 48
MARGIN = 0.25
"""A histogram reaches beyond the limits by this share of their distance, so that what is clipped can be seen."""


def describe_activations(result: Model, inputs: Sequence[Mapping[int, Array]]) -> tuple[TensorRecord, ...]:
    """The tensors that FakeQuantize operations read in the quantized model.

    Args:
        result: the quantized model.
        inputs: what the inferences take, by number of the input.
    """
    snapshot = snapshot_graphs(result)[""]
    names = [
        record.name
        for record in snapshot.nodes_of_type("FakeQuantize")
        if record.inputs[0].node not in snapshot.constants
    ]
    if not names:
        return ()
    nodes = NodeIndex(result)
    counters = [_ValueCounter(read_limits(nodes, name)) for name in names]
    channels = [ChannelReach(find_channel_axis(snapshot, name)) for name in names]
    for arrays in infer_tensors(result, [snapshot[name].inputs[0] for name in names], inputs):
        for counter, reach, values in zip(counters, channels, arrays, strict=True):
            counter.add(values)
            reach.add(values)
    return tuple(
        replace(_describe(snapshot, name, counter), channels=reach.describe())
        for name, counter, reach in zip(names, counters, channels, strict=True)
    )


def describe_weights(reference: Model, result: Model) -> tuple[TensorRecord, ...]:
    """The weights of quantized layers: the float values beside the ends of what is stored for them.

    Args:
        reference: the float model, prepared as it was before it was quantized.
        result: the quantized model.
    """
    snapshot, nodes, originals = snapshot_graphs(result)[""], NodeIndex(result), NodeIndex(reference)
    before = {layer.name: layer for layer in find_linear_layers(snapshot_graphs(reference)[""])}
    records = []
    for layer in find_linear_layers(snapshot):
        if layer.name not in before or snapshot[layer.constant.node].type == "Constant":
            continue  # not of this network, or stored as float
        stored = constant_array(nodes.output(layer.constant))
        values = np.asarray(constant_array(originals.output(before[layer.name].constant)), np.float64).ravel()
        low, high = float(stored.min()), float(stored.max())
        histogram = _make_histogram(values, low, high)
        ends = (float(values.min()), float(values.max()))
        kind = str(QuantizerKind.WEIGHTS)
        records.append(TensorRecord(str(layer.constant), kind, (layer.name,), low, high, *ends, None, histogram))
    return tuple(records)


@dataclass
class _ValueCounter:
    """Takes in the values of one tensor, inference by inference."""

    limits: FakeQuantizeLimits
    counts: Array = field(default_factory=lambda: np.zeros(BINS, np.int64))
    low: float = np.inf
    high: float = -np.inf
    outside: int = 0
    total: int = 0

    def add(self, values: Array) -> None:
        if not values.size:
            return
        half = (self.limits.input_high - self.limits.input_low) / (2 * (self.limits.levels - 1))
        is_outside = (values < self.limits.input_low - half) | (values > self.limits.input_high + half)
        self.outside += int(np.count_nonzero(is_outside))
        self.total += values.size
        self.low, self.high = min(self.low, float(values.min())), max(self.high, float(values.max()))
        self.counts += np.array(_make_histogram(values.ravel(), *self.ends).counts)

    @property
    def ends(self) -> tuple[float, float]:
        """The lowest and the highest limit."""
        return float(self.limits.input_low.min()), float(self.limits.input_high.max())


def _make_histogram(values: Array, low: float, high: float) -> Histogram:
    room = MARGIN * ((high - low) or 1.0)
    start, end = low - room, high + room
    places = np.clip(((values - start) / (end - start) * BINS).astype(np.int64), 0, BINS - 1)
    return Histogram(start, end, tuple(np.bincount(places, minlength=BINS).tolist()))


def _describe(snapshot: GraphSnapshot, name: str, counter: _ValueCounter) -> TensorRecord:
    low, high = counter.ends
    empty = _make_histogram(np.zeros(0), low, high)
    return TensorRecord(
        str(snapshot[name].inputs[0]),
        str(QuantizerKind.ACTIVATIONS),
        tuple(dict.fromkeys(reader.node for reader in snapshot.readers(name))),
        low,
        high,
        counter.low if counter.total else 0.0,
        counter.high if counter.total else 0.0,
        counter.outside / counter.total if counter.total else 0.0,
        Histogram(empty.low, empty.high, tuple(counter.counts.tolist())),
    )
