"""How much an output of the float model varies between samples: what an error is a share of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from openpot.numerics.variation_parts import split_by_variation
from openpot.typing_aliases import Array


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

    def sum_squares(self, squares: Array) -> float:
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
LIVELY = 0.5
"""A channel changes from sample to sample if at least this share of the samples differs from the one before."""


@dataclass(frozen=True, eq=False)
class OutputVariation:
    """How much an output of the reference varies between samples.

    Attributes:
        per_sample: mean over samples of the squared deviation from the mean, summed over elements; 0 for one sample.
        parts: channels that vary on scales of their own; empty if all vary on one.
        peaks: standard deviation of the largest value between samples; 0 for one sample, and for outputs that are not
            read by their largest values.
    """

    per_sample: float
    parts: tuple[VariationPart, ...] = ()
    peaks: float = 0.0


class VariationAccumulator:
    """Sums up how much one output of the reference varies between samples; memory does not grow with their number.

    The variation is taken element by element. Where samples have outputs of different shapes, it is that of all values
    around their common mean. Values that are not finite are left out.

    Args:
        has_peaks: whether the output is read by its largest values (:mod:`openpot.graph.peaks`).
    """

    def __init__(self, has_peaks: bool = False) -> None:
        self._has_peaks = has_peaks
        self._samples = 0
        self._elements: _Variation | None = None
        self._values = _Variation(())
        self._same_shape = True
        self._previous: Array | None = None
        self._changes: Array | int = 0
        self._peaks: list[float] = []

    def add(self, reference: Array) -> None:
        """Take in the output for one sample, of any shape."""
        self._samples += 1
        if self._has_peaks:
            self._peaks.append(find_largest_value(reference))
        expected = np.asarray(reference, np.float64)
        finite = np.isfinite(reference)
        all_finite = bool(finite.all())
        self._values.add(expected.reshape(-1) if all_finite else expected[finite])
        if self._elements is None:
            self._elements = _Variation(expected.shape)
        self._same_shape = self._same_shape and self._elements.shape == expected.shape
        if self._same_shape:
            if self._previous is not None:
                self._changes = self._changes + (expected != self._previous)
            self._previous = expected
            self._elements.add(expected[np.newaxis], None if all_finite else finite[np.newaxis])

    def compute_variation(self) -> OutputVariation:
        """The variation over all samples so far, with its parts where all samples have outputs of one shape."""
        if self._samples < 2:
            return OutputVariation(0.0)
        peaks = float(np.std(self._peaks)) if self._peaks and np.isfinite(self._peaks).all() else 0.0
        if self._elements is None or not self._same_shape:
            return OutputVariation(self._values.energy / self._samples, peaks=peaks)
        is_lively = np.asarray(self._changes) >= LIVELY * (self._samples - 1)
        grouping = split_by_variation(self._elements.squares, is_lively, self._samples)
        if grouping is None:
            return OutputVariation(self._elements.energy / self._samples, peaks=peaks)
        axis, groups = grouping
        energies = [float(self._elements.squares.take(group, axis=axis).sum()) / self._samples for group in groups]
        parts = tuple(VariationPart(axis, *part) for part in zip(groups, energies, strict=True))
        return OutputVariation(self._elements.energy / self._samples, parts, peaks)


def find_largest_value(output: Array) -> float:
    """The largest finite value; NaN without any."""
    values = np.asarray(output, np.float64)
    finite = values[np.isfinite(values)]
    return float(finite.max()) if finite.size else float("nan")


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
