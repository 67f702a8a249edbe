"""How far the outputs of two models are from each other, gathered sample by sample."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from openpot.typing_aliases import Array


@dataclass(frozen=True)
class OutputDistance:
    """How far one output of a candidate is from the reference.

    Attributes:
        output: name of the output.
        relative: root of the squared error over the squared variation of the reference between samples: 0 is exact, 1
            as bad as always answering with the mean. None if the reference does not vary, or for a single sample.
        sqnr_db: signal to quantization noise in decibel; None without noise.
        samples: number of samples compared.
        skipped: samples whose outputs had different shapes in the two models.
    """

    output: str
    relative: float | None
    sqnr_db: float | None
    samples: int
    skipped: int = 0


def find_worst_error(distances: Iterable[OutputDistance]) -> float:
    """Error of the worst output, as a share of its variation between samples; outputs that do not vary do not count."""
    return max((seen.relative for seen in distances if seen.relative is not None), default=0.0)


class VariationAccumulator:
    """Sums up how much one output of the reference varies between samples; memory does not grow with their number.

    The variation is taken element by element. Where samples have outputs of different shapes, it is that of all values
    around their common mean. Values that are not finite are left out.
    """

    def __init__(self) -> None:
        self._samples = 0
        self._elements: _Variation | None = None
        self._values = _Variation(())
        self._same_shape = True

    def add(self, reference: Array) -> None:
        """Take in the output for one sample, of any shape."""
        self._samples += 1
        expected = np.asarray(reference, np.float64)
        finite = np.isfinite(reference)
        all_finite = bool(finite.all())
        self._values.add(expected.reshape(-1) if all_finite else expected[finite])
        if self._elements is None:
            self._elements = _Variation(expected.shape)
        self._same_shape = self._same_shape and self._elements.shape == expected.shape
        if self._same_shape:
            self._elements.add(expected[np.newaxis], None if all_finite else finite[np.newaxis])

    @property
    def per_sample(self) -> float:
        """Mean over samples of the squared deviation from the mean, summed over elements; 0 for a single sample."""
        variation = (self._elements if self._same_shape else self._values) or self._values
        return variation.energy / self._samples if self._samples > 1 else 0.0


class DistanceAccumulator:
    """Sums up the distance of one output; memory does not grow with the number of samples.

    Where the reference is not finite (a mask of minus infinity) the candidate must hold the same value; any other value
    that is not finite makes the distance infinite.

    Args:
        output: its name.
        variation: ``VariationAccumulator.per_sample`` of the reference if more samples are known than those that are
            compared; by default that of the compared samples.
    """

    def __init__(self, output: str, variation: float | None = None) -> None:
        self._output = output
        self._samples = 0
        self._skipped = 0
        self._error = 0.0
        self._signal = 0.0
        self._known = variation
        self._variation = VariationAccumulator()

    def add(self, reference: Array, candidate: Array) -> None:
        """Take in the outputs of both models for one sample, arrays of any one shape."""
        if reference.shape != candidate.shape:
            self._skipped += 1
            return
        self._samples += 1
        error, signal = _energies_of_finite(reference, candidate)
        if not np.isfinite(error):
            error, signal = _energies(np.asarray(reference, np.float64), np.asarray(candidate, np.float64))
        self._error += error
        self._signal += signal
        if self._known is None:
            self._variation.add(reference)

    def distance(self) -> OutputDistance:
        """The distance over all samples so far."""
        per_sample = self._variation.per_sample if self._known is None else self._known
        relative = (
            float(np.sqrt(self._error / self._samples / per_sample)) if per_sample > 0 and self._samples else None
        )
        sqnr = None
        if self._error > 0:
            ratio = self._signal / self._error
            sqnr = float(10 * np.log10(ratio)) if ratio > 0 else float("-inf")
        return OutputDistance(self._output, relative, sqnr, self._samples, self._skipped)


def _energies_of_finite(expected: Array, given: Array) -> tuple[float, float]:
    """As ``_energies`` with fewer passes and copies; the error is not finite if a value of either is not."""
    with np.errstate(invalid="ignore", over="ignore"):
        squares = np.subtract(given.reshape(-1), expected.reshape(-1), dtype=np.float64)
        error = float(np.square(squares, out=squares).sum())
        return error, float(np.square(expected.reshape(-1), dtype=np.float64).sum())


def _energies(expected: Array, given: Array) -> tuple[float, float]:
    """Summed squares of the error, and of the reference where it is finite."""
    same = (expected == given) | (np.isnan(expected) & np.isnan(given))
    with np.errstate(invalid="ignore"):
        error = np.where(same, 0.0, given - expected)
    error = np.where(np.isnan(error), np.inf, error)
    return float(np.square(error).sum()), float(np.square(expected[np.isfinite(expected)]).sum())


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
    def energy(self) -> float:
        """Sum over all elements."""
        return float(self._squares.sum())
