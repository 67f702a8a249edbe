"""The ranges of a quantized model that may move, and how far: what a point of the search means.

Coordinates lie between 0 and 1. Quantizers with equal limits move together, because operations such as Concat need
that. A symmetric range has one coordinate, its magnitude; so has one with limits for each channel, a factor for all of
them, and so has one after a ReLU or Clamp, whose low end is known. Other ranges have a coordinate for each end, and
are aligned afterwards so that zero stays a level.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from openpot.errors import ModelError, UnknownNameError, suggest_nearest_name
from openpot.graph.node_index import NodeIndex
from openpot.numerics.fake_quantize import FakeQuantizeLimits
from openpot.numerics.ranges import align_range
from openpot.rewrites.read_limits import read_limits
from openpot.trial.range_inputs import MovableLimits
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.snapshot import GraphSnapshot
    from openpot.graph.types import Model

BOUNDED_BELOW = frozenset({"Relu", "ReLU", "Clamp", "Sigmoid", "HSigmoid", "Softmax", "Abs"})
"""Operations whose smallest value is known."""
_TOLERANCE = 0.02
"""Ends that differ by less than this share of the width are a symmetric range (one level of few)."""


@dataclass(frozen=True)
class BoxSizes:
    """By which share ends may move towards zero and away from it, and by how much those at zero may move."""

    towards_zero: float
    away: float
    at_zero: float


@dataclass(frozen=True, eq=False)
class MovableRange:
    """Quantizers with these limits; ``ends`` are those that move on their own, or ``both`` by one factor."""

    names: tuple[str, ...]
    limits: FakeQuantizeLimits
    ends: tuple[str, ...]

    @property
    def limits_to_move(self) -> MovableLimits:
        """A control of 1 doubles an end, or adds 1 to an end at zero."""
        return MovableLimits(self.names, _find_unit(self.limits.input_low), _find_unit(self.limits.input_high))


class RangeBox:
    """All ranges that may move.

    Args:
        ranges: each with one or two coordinates, in their order.
        sizes: how far they may move.
    """

    def __init__(self, ranges: Sequence[MovableRange], sizes: BoxSizes) -> None:
        self.ranges = tuple(ranges)
        self._sizes = sizes
        self._coordinates = [(number, end) for number, movable in enumerate(self.ranges) for end in movable.ends]

    @property
    def start(self) -> Array:
        """The point at which the limits are as they are."""
        return np.array([self._find_start(number, end) for number, end in self._coordinates])

    def compute_limits(self, point: Array) -> list[FakeQuantizeLimits]:
        """The limits of each range at a point of shape ``(coordinates,)``."""
        moves: dict[tuple[int, str], float] = {
            key: float(low + value * (high - low))
            for key, value, (low, high) in zip(
                self._coordinates, point, map(self._find_bounds, self._coordinates), strict=True
            )
        }
        return [
            _move(movable, {end: moves[number, end] for end in movable.ends})
            for number, movable in enumerate(self.ranges)
        ]

    def compute_controls(self, point: Array) -> Array:
        """The controls of the graph with range inputs at a point: low and high end of every range."""
        controls = []
        for movable, limits in zip(self.ranges, self.compute_limits(point), strict=True):
            before = movable.limits
            for new, old in ((limits.input_low, before.input_low), (limits.input_high, before.input_high)):
                place = int(np.argmax(np.abs(old)))
                move = float(new.ravel()[place]) - float(old.ravel()[place])
                controls.append(move / float(_find_unit(old).ravel()[place]))
        return np.array(controls)

    def compute_named_limits(self, point: Array) -> dict[str, FakeQuantizeLimits]:
        """The limits of each quantizer at a point."""
        pairs = zip(self.ranges, self.compute_limits(point), strict=True)
        return {name: limits for movable, limits in pairs for name in movable.names}

    def _find_bounds(self, coordinate: tuple[int, str]) -> tuple[float, float]:
        number, end = coordinate
        if end != "both" and not np.any(_select_end(self.ranges[number].limits, end)):
            return -self._sizes.at_zero, self._sizes.at_zero
        return -self._sizes.towards_zero, self._sizes.away

    def _find_start(self, number: int, end: str) -> float:
        low, high = self._find_bounds((number, end))
        return -low / (high - low) if high > low else 0.0


def find_ranges(model: Model, snapshot: GraphSnapshot, scope: Collection[str] = ()) -> list[MovableRange]:
    """The ranges of activations that may move.

    Args:
        model: holds FakeQuantize operations.
        snapshot: of the model.
        scope: names of quantizers or of the operations that they stand on; none for all.

    Raises:
        UnknownNameError: a name of the scope is none of these.
    """
    nodes = NodeIndex(model)
    grouped: dict[tuple[bytes, ...], list[tuple[str, FakeQuantizeLimits, tuple[str, ...]]]] = {}
    known: set[str] = set()
    for record in snapshot.nodes_of_type("FakeQuantize"):
        source = record.inputs[0].node
        if record.name in snapshot.constants:
            continue
        known |= {record.name, source}
        try:
            limits = read_limits(nodes, record.name)
        except ModelError:
            continue
        if not (
            np.array_equal(limits.input_low, limits.output_low)
            and np.array_equal(limits.input_high, limits.output_high)
        ):
            continue
        ends = _find_movable_ends(limits, snapshot[source].type)
        key = (limits.input_low.tobytes(), limits.input_high.tobytes(), str(limits.levels).encode())
        grouped.setdefault(key, []).append((record.name, limits, ends))
    for name in scope:
        if name not in known:
            raise UnknownNameError(
                f"optimization_scope: {name!r} is neither a quantizer of activations nor what one stands on; "
                f"{suggest_nearest_name(name, known)}"
            )
    ranges = []
    for members in grouped.values():
        names = tuple(name for name, _, _ in members)
        wanted = not scope or any(name in scope or snapshot[name].inputs[0].node in scope for name in names)
        if wanted:
            ranges.append(MovableRange(names, members[0][1], min((ends for *_, ends in members), key=len)))
    return ranges


def compute_stated_limits(
    model: Model, snapshot: GraphSnapshot, ranges: Mapping[str, tuple[float, float]]
) -> dict[str, FakeQuantizeLimits]:
    """The limits that the user's ranges amount to, by quantizer of the model.

    Raises:
        UnknownNameError: the model has no such quantizer of activations.
    """
    nodes = NodeIndex(model)
    quantizers = snapshot.nodes_of_type("FakeQuantize")
    known = [node.name for node in quantizers if node.name not in snapshot.constants]
    limits = {}
    for name, (low, high) in ranges.items():
        if name not in known:
            raise UnknownNameError(
                f"activation_ranges_to_set: no quantizer {name!r}; {suggest_nearest_name(name, known)}"
            )
        old = read_limits(nodes, name)
        ends = [np.full(old.input_low.shape, end, np.float32) for end in (low, high)]
        limits[name] = FakeQuantizeLimits.from_range(ends[0], ends[1], old.levels)
    return limits


def _find_movable_ends(limits: FakeQuantizeLimits, producer: str) -> tuple[str, ...]:
    low, high = limits.input_low, limits.input_high
    width = high - low
    is_symmetric = bool(np.all(np.abs(high + low) <= _TOLERANCE * width))
    if low.size > 1 or is_symmetric:
        return ("both",)
    if producer in BOUNDED_BELOW:
        return ("high",)
    return tuple(name for name, end in (("low", low), ("high", high)) if name == "high" or np.all(end <= 0))


def _move(movable: MovableRange, moves: Mapping[str, float]) -> FakeQuantizeLimits:
    limits = movable.limits
    low, high = (np.asarray(end, np.float64) for end in (limits.input_low, limits.input_high))
    if "both" in moves:
        low, high = low * (1 + moves["both"]), high * (1 + moves["both"])
    else:
        low = low + moves.get("low", 0.0) * _find_unit(low)
        high = high + moves.get("high", 0.0) * _find_unit(high)
        if "low" in moves:
            low, high = align_range(np.minimum(low, 0.0), np.maximum(high, 0.0), limits.levels)
    ends = [np.asarray(end, np.float32) for end in (low, high)]
    return replace(limits, input_low=ends[0], input_high=ends[1], output_low=ends[0], output_high=ends[1])


def _find_unit(end: Array) -> Array:
    return np.asarray(end if np.any(end) else np.ones_like(end))


def _select_end(limits: FakeQuantizeLimits, end: str) -> Array:
    return limits.input_low if end == "low" else limits.input_high
