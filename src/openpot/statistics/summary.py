"""Summarising what every inference delivers, without keeping it: for all specs of one pass at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from openpot.errors import DataError
from openpot.graph.lower_reducer import Request, plan_packed_layout
from openpot.numerics.aggregators import AggregatorKind
from openpot.statistics.spec import StatisticSpec
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.types import Model


class PresentSummary:
    """Mean, minimum and maximum of vectors of one length, each element over the vectors that have it (are not NaN).

    Sums are float64 and depend on the order of the updates alone: the same order gives the same bytes.
    """

    def __init__(self, length: int) -> None:
        self._updates = 0
        self._sum = np.zeros(length)
        self._present = np.zeros(length)
        self._minimum = np.full(length, np.inf)
        self._maximum = np.full(length, -np.inf)

    def update(self, vector: Array) -> None:
        """Take in one vector of shape ``(length,)``.

        Raises:
            DataError: the vector has another shape.
        """
        values = np.asarray(vector, np.float64)
        if values.shape != self._sum.shape:
            raise DataError(f"expected a vector of shape {self._sum.shape}, given shape {values.shape}")
        absent = np.isnan(values)
        sums, lows, highs = values, values, values
        if absent.any():
            sums, lows, highs = (np.where(absent, stand_in, values) for stand_in in (0.0, np.inf, -np.inf))
        self._updates += 1
        self._sum += sums
        self._present += ~absent
        np.minimum(self._minimum, lows, out=self._minimum)
        np.maximum(self._maximum, highs, out=self._maximum)

    def summarize(self, kind: AggregatorKind) -> Array:
        """The answer of a streaming aggregator, of shape ``(length,)``; NaN where no vector had a value.

        Raises:
            DataError: there was no vector.
        """
        if not self._updates:
            raise DataError("nothing was observed: no inference delivered a value")
        known = self._present > 0
        if kind is AggregatorKind.MIN:
            answer = self._minimum
        elif kind is AggregatorKind.MAX:
            answer = self._maximum
        else:
            answer = (self._sum / self._updates) / np.where(known, self._present / self._updates, 1.0)
        return np.asarray(np.where(known, answer, np.nan))


class SpecSummary:
    """Takes the answers of each inference in turn and answers specs at the end.

    Means and extremes of packed statistics are running; other aggregators get the small values of all inferences.
    Tensors without elements are left out, inference by inference.

    Attributes:
        requests: what to observe; equal ones of several specs are one request.
    """

    def __init__(self, model: Model, specs: Sequence[StatisticSpec]) -> None:
        self._specs = tuple(specs)
        self.requests: tuple[Request, ...] = tuple(dict.fromkeys((spec.tensor, spec.reducer) for spec in specs))
        layout = plan_packed_layout(model, self.requests)
        self._slices = dict(layout.packed)
        number_of = {request: number for number, request in enumerate(self.requests)}
        self._numbers = tuple(number_of[(spec.tensor, spec.reducer)] for spec in specs)
        self._kept: dict[int, list[Array]] = {number: [] for number in self._find_numbers_to_keep()}
        self._running = PresentSummary(layout.length)

    def update(self, position: int, packed: Array, loose: dict[int, Any]) -> None:
        """Take in one inference: the packed vector (NaN where a tensor was empty) and the other answers."""
        del position
        self._running.update(packed)
        for number, values in self._kept.items():
            if number not in self._slices:
                if number in loose:
                    values.append(loose[number])
            elif not np.isnan(packed[self._slices[number]]).any():
                values.append(packed[self._slices[number]].astype(np.float64))

    def compute_answers(self) -> dict[StatisticSpec, Array]:
        """For each spec an array of shape ``()`` or ``(channels,)``.

        Raises:
            DataError: nothing was inferred, or a tensor was empty in all inferences.
        """
        known = self.compute_known_answers()
        for spec in self._specs:
            if spec not in known:
                raise make_never_seen_error(spec)
        return known

    def compute_known_answers(self) -> dict[StatisticSpec, Array]:
        """As :meth:`compute_answers`, without those about tensors that were empty in all inferences.

        Raises:
            DataError: nothing was inferred.
        """
        pairs = tuple(zip(self._specs, self._numbers, strict=True))
        kinds = {spec.aggregator.kind for spec, number in pairs if self._is_running(spec, number)}
        running = {kind: self._running.summarize(kind) for kind in kinds}
        answers = ((spec, self._answer(spec, number, running)) for spec, number in pairs)
        return {spec: answer for spec, answer in answers if answer is not None}

    def _answer(self, spec: StatisticSpec, number: int, running: Mapping[AggregatorKind, Array]) -> Array | None:
        """None if the tensor was empty in all inferences."""
        if self._is_running(spec, number):
            values = running[spec.aggregator.kind][self._slices[number]]
            if np.isnan(values).any():
                return None
        elif not self._kept[number]:
            return None
        else:
            values = spec.aggregator(self._kept[number])
        return np.array(values).reshape(() if spec.reducer.channel_axis is None else -1)

    def _is_running(self, spec: StatisticSpec, number: int) -> bool:
        """Whether the running summary of the packed vector answers a spec."""
        return spec.aggregator.kind.is_streaming and number in self._slices

    def _find_numbers_to_keep(self) -> list[int]:
        """The requests of which single values are needed."""
        pairs = zip(self._specs, self._numbers, strict=True)
        needed = {number for spec, number in pairs if not spec.aggregator.kind.is_streaming}
        return sorted(needed | (set(range(len(self.requests))) - set(self._slices)))


def make_never_seen_error(spec: StatisticSpec) -> DataError:
    """The error about a tensor that was empty in all inferences."""
    return DataError(
        f"the tensor {str(spec.tensor)!r} had no element in any inference: nothing is known about its range; use "
        "samples that reach it (a detector needs images with something to find), or leave this "
        "node in float (ignored_scope)"
    )
