"""How far the outputs of two models are from each other, gathered item by item."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from openpot.numerics.variation_parts import variation_parts
from openpot.typing_aliases import Array


class Comparison(StrEnum):
    """What the error of an output is a share of."""

    VALUES = "values"
    """Of the variation of its values between samples."""
    LABELS = "labels"
    """Of its places: how many differ."""
    ROWS = "rows"
    """Of its rows: how many have no partner in the other model, wherever they stand."""


@dataclass(frozen=True)
class PartDistance:
    """Error of some channels of an output, as a share of the variation of these channels."""

    channels: str
    relative: float


@dataclass(frozen=True, eq=False)
class VariationPart:
    """Channels of an output whose values vary on one scale (:mod:`openpot.numerics.variation_parts`).

    Attributes:
        axis: which axis holds the channels.
        channels: their numbers, ascending.
        per_sample: mean over samples of the squared deviation from the mean, summed over the elements of the part.
    """

    axis: int
    channels: Array
    per_sample: float

    def energy(self, squares: Array) -> float:
        """The part's share of squares of the whole output."""
        return float(squares.take(self.channels, axis=self.axis).sum())

    @property
    def label(self) -> str:
        """The channels as ``channels 0-3, 7 of axis 1``."""
        runs = np.split(self.channels, np.flatnonzero(np.diff(self.channels) != 1) + 1)
        shown = [str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs]
        listed = ", ".join(shown[:SHOWN_RUNS]) + (", ..." if len(shown) > SHOWN_RUNS else "")
        return f"channels {listed} of axis {self.axis}"


SHOWN_RUNS = 4


@dataclass(frozen=True, eq=False)
class OutputVariation:
    """How much an output of the reference varies between samples.

    Attributes:
        per_sample: mean over samples of the squared deviation from the mean, summed over elements; 0 for one sample.
        parts: channels that vary on scales of their own; empty if all vary on one.
    """

    per_sample: float
    parts: tuple[VariationPart, ...] = ()


@dataclass(frozen=True)
class OutputDistance:
    """How far one output of a candidate is from the reference.

    Attributes:
        output: name of the output.
        relative: root of the squared error over the squared variation of the reference between items: 0 is exact, 1 as
            bad as always answering with the mean. Where channels vary on scales that are decades apart it is the error
            of the worst part. None if the reference does not vary, or for a single item.
        sqnr_db: signal to quantization noise in decibel; None without noise.
        items: number of items compared.
        skipped: items whose outputs had different shapes in the two models.
        parts: the error of each part; empty if all channels vary on one scale.
        comparison: what ``relative`` is a share of.
    """

    output: str
    relative: float | None
    sqnr_db: float | None
    items: int
    skipped: int = 0
    parts: tuple[PartDistance, ...] = ()
    comparison: Comparison = Comparison.VALUES


def worst_error(distances: Iterable[OutputDistance]) -> float:
    """Error of the worst output, as a share of its variation between items; outputs that do not vary do not count."""
    return max((seen.relative for seen in distances if seen.relative is not None), default=0.0)


class VariationGatherer:
    """Sums up how much one output of the reference varies between items; memory does not grow with their number.

    The variation is taken element by element. Where items have outputs of different shapes, it is that of all values
    around their common mean. Values that are not finite are left out.
    """

    def __init__(self) -> None:
        self._items = 0
        self._elements: _Variation | None = None
        self._values = _Variation(())
        self._same_shape = True

    def add(self, reference: Array) -> None:
        """Take in the output for one item, of any shape."""
        self._items += 1
        expected = np.asarray(reference, np.float64)
        finite = np.isfinite(reference)
        all_finite = bool(finite.all())
        self._values.add(expected.reshape(-1) if all_finite else expected[finite])
        if self._elements is None:
            self._elements = _Variation(expected.shape)
        self._same_shape = self._same_shape and self._elements.shape == expected.shape
        if self._same_shape:
            self._elements.add(expected[np.newaxis], None if all_finite else finite[np.newaxis])

    def variation(self) -> OutputVariation:
        """The variation over all items so far, with its parts where all items have outputs of one shape."""
        if self._items < 2:
            return OutputVariation(0.0)
        if self._elements is None or not self._same_shape:
            return OutputVariation(self._values.energy / self._items)
        found = variation_parts(self._elements.squares)
        if found is None:
            return OutputVariation(self._elements.energy / self._items)
        axis, groups = found
        energies = [float(self._elements.squares.take(group, axis=axis).sum()) / self._items for group in groups]
        parts = tuple(VariationPart(axis, *part) for part in zip(groups, energies, strict=True))
        return OutputVariation(self._elements.energy / self._items, parts)


class DistanceGatherer:
    """Sums up the distance of one output; memory does not grow with the number of items.

    Where the reference is not finite (a mask of minus infinity) the candidate must hold the same value; any other value
    that is not finite makes the distance infinite.

    Args:
        output: its name.
        variation: that of the reference if more items are known than those that are compared; by default that of the
            compared items.
    """

    def __init__(self, output: str, variation: OutputVariation | None = None) -> None:
        self._output = output
        self._items = 0
        self._skipped = 0
        self._error = 0.0
        self._signal = 0.0
        self._known = variation
        self._variation = VariationGatherer()
        self._squares: Array | None = None  # of the error, element by element

    def add(self, reference: Array, candidate: Array) -> None:
        """Take in the outputs of both models for one item, arrays of any one shape."""
        if reference.shape != candidate.shape:
            self._skipped += 1
            return
        self._items += 1
        squares, signal = _squares_and_signal(reference, candidate)
        self._error += float(squares.sum())
        self._signal += signal
        if self._known is None:
            self._variation.add(reference)
        if self._known is None or self._known.parts:
            is_first_shape = self._squares is None or self._squares.shape == squares.shape
            self._squares = squares if self._squares is None else self._squares + squares if is_first_shape else None

    def distance(self) -> OutputDistance:
        """The distance over all items so far."""
        variation = self._variation.variation() if self._known is None else self._known
        relative = self._relative(self._error, variation.per_sample)
        parts = self._parts(variation)
        if parts:
            relative = max(part.relative for part in parts)
        sqnr = None
        if self._error > 0:
            ratio = self._signal / self._error
            sqnr = float(10 * np.log10(ratio)) if ratio > 0 else float("-inf")
        return OutputDistance(self._output, relative, sqnr, self._items, self._skipped, parts)

    def _relative(self, error: float, per_sample: float) -> float | None:
        return float(np.sqrt(error / self._items / per_sample)) if per_sample > 0 and self._items else None

    def _parts(self, variation: OutputVariation) -> tuple[PartDistance, ...]:
        if self._squares is None:
            return ()
        errors = [self._relative(part.energy(self._squares), part.per_sample) for part in variation.parts]
        return tuple(
            PartDistance(part.label, error)
            for part, error in zip(variation.parts, errors, strict=True)
            if error is not None
        )


def _squares_and_signal(expected: Array, given: Array) -> tuple[Array, float]:
    """Squares of the error element by element, and the summed squares of the reference where it is finite."""
    with np.errstate(invalid="ignore", over="ignore"):
        squares = np.asarray(np.subtract(given, expected, dtype=np.float64))
        np.square(squares, out=squares)
        if np.isfinite(squares.sum()):
            return squares, float(np.square(expected.reshape(-1), dtype=np.float64).sum())
    reference, candidate = np.asarray(expected, np.float64), np.asarray(given, np.float64)
    same = (reference == candidate) | (np.isnan(reference) & np.isnan(candidate))
    with np.errstate(invalid="ignore"):
        error = np.where(same, 0.0, candidate - reference)
    squares = np.square(np.where(np.isnan(error), np.inf, error))
    return squares, float(np.square(reference[np.isfinite(reference)]).sum())


class _Variation:
    """Running sum of squared deviations from the mean, for each element of ``shape``, by Welford's updates."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.shape = shape
        self._count = np.zeros(())  # one for all elements, until some are left out
        self._mean = np.zeros(shape)
        self._squares = np.zeros(shape)

    def add(self, rows: Array, present: Array | None = None) -> None:
        """Take in ``rows`` of shape ``(several, *shape)``; elements where ``present`` is False are left out."""
        if present is not None or not len(rows):
            self._add_present(rows, np.zeros(rows.shape, bool) if present is None else present)
        elif len(rows) == 1:
            self._merge(rows[0], 0.0, 1)
        else:
            # Relative to the first row: the mean of equal numbers is not exact and would show a variation.
            offsets = rows - rows[0]
            step = offsets.sum(axis=0) / len(rows)
            offsets -= step
            self._merge(rows[0] + step, np.square(offsets, out=offsets).sum(axis=0), len(rows))

    def _add_present(self, rows: Array, mask: Array) -> None:
        count = mask.sum(axis=0)
        known = np.maximum(count, 1)
        origin = np.where(mask[0], rows[0], 0.0) if len(rows) else np.zeros(self.shape)
        offsets = np.where(mask, rows - origin, 0.0)
        step = offsets.sum(axis=0) / known
        squares = np.square(np.where(mask, offsets - step, 0.0)).sum(axis=0)
        self._merge(np.where(count > 0, origin + step, self._mean), squares, count)

    def _merge(self, mean: Array, squares: Array | float, count: Array | int) -> None:
        """Take in ``count`` rows with this mean and this sum of squared deviations from it."""
        total = np.maximum(self._count + count, 1)
        shift = np.asarray(mean - self._mean)
        between = np.square(shift)
        between = between * self._count * count / total
        self._squares = self._squares + squares + between
        self._mean = self._mean + shift * count / total
        self._count = self._count + count

    @property
    def squares(self) -> Array:
        """For each element."""
        return np.broadcast_to(np.asarray(self._squares), self.shape)

    @property
    def energy(self) -> float:
        """Sum over all elements."""
        return float(self._squares.sum())
