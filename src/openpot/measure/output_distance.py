"""How far the outputs of two models are from each other, accumulated sample by sample."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from openpot.measure.output_variation import OutputVariation, VariationAccumulator, find_largest_value
from openpot.typing_aliases import Array


class Comparison(StrEnum):
    """What the error of an output is a share of."""

    VALUES = "values"
    """Of the variation of its values between samples."""
    LABELS = "labels"
    """Of its elements, which are labels: how many differ."""
    ROWS = "rows"
    """Of its rows, in any order: how many have no counterpart in the other model."""


@dataclass(frozen=True)
class PartDistance:
    """Error of some channels of an output, as a share of the variation of these channels."""

    channels: str
    relative: float


@dataclass(frozen=True)
class OutputDistance:
    """How far one output of a candidate is from the reference.

    Attributes:
        output: name of the output.
        relative: root of the squared error over the squared variation of the reference between samples: 0 is exact, 1
            as bad as always answering with the mean. Where channels vary on scales that are decades apart it is the
            error of the worst part. None if the reference does not vary, or for a single sample.
        sqnr_db: signal to quantization noise in decibel; None without noise.
        samples: number of samples compared.
        skipped: samples whose outputs had different shapes in the two models.
        parts: the error of each part; empty if all channels vary on one scale.
        comparison: what ``relative`` is a share of.
        peak: root of the mean squared change of the largest value, as a share of its standard deviation between
            samples; None for outputs that are not read by their largest values, or where these do not vary.
    """

    output: str
    relative: float | None
    sqnr_db: float | None
    samples: int
    skipped: int = 0
    parts: tuple[PartDistance, ...] = ()
    comparison: Comparison = Comparison.VALUES
    peak: float | None = None

    def to_plain(self) -> dict[str, Any]:
        """The distance in plain JSON."""
        return asdict(self)

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> OutputDistance:
        """The distance that :meth:`to_plain` gave."""
        parts = tuple(PartDistance(**part) for part in plain["parts"])
        return cls(**{**plain, "parts": parts, "comparison": Comparison(plain["comparison"])})

    @property
    def items(self) -> int:
        """``samples``, under the name that scripts know."""
        return self.samples


PEAK_SHARE = 1 / 3
"""What a change of the largest value counts beside the error of all values. Detectors that kept their metric had peaks
changed by up to 0.51 of their variation (at errors from 0.1 to 0.58), those that lost it by 1.1 and more (one of them
at an error of 0.09): a third of these, 0.17 and 0.37, lie on both sides of what is allowed (``docs/accuracy.md``)."""


def find_worst_error(distances: Sequence[OutputDistance]) -> float:
    """Error of the worst output, as a share of its variation between samples; outputs that do not vary do not count.

    Where an output is read by its largest values, a third of what these change by counts as well.
    """
    errors = [distance.relative for distance in distances if distance.relative is not None]
    return max(
        [*errors, *(PEAK_SHARE * distance.peak for distance in distances if distance.peak is not None)], default=0.0
    )


@dataclass(frozen=True)
class SampleDistance:
    """What one sample adds to the distance of an output: few numbers, whose sums do not depend on who computes them.

    Attributes:
        error: squared error, summed over the elements.
        signal: squares of the reference, summed likewise.
        peak_error: squared change of the largest value; 0 for outputs that are not read by their largest values.
        parts: squared error of each part of the variation.
    """

    error: float
    signal: float
    peak_error: float = 0.0
    parts: tuple[float, ...] = ()


def compute_sample_distance(reference: Array, candidate: Array, variation: OutputVariation) -> SampleDistance | None:
    """The distance of both models' outputs for one sample; None if their shapes differ.

    Args:
        reference: output of the float model, of any shape.
        candidate: that of the other model.
        variation: of the output, of which the parts and whether it has peaks count here.
    """
    if reference.shape != candidate.shape:
        return None
    squares, signal = _compute_squares(reference, candidate)
    peak_error = _compute_peak_error(reference, candidate) if variation.peaks > 0 else 0.0
    parts = tuple(part.sum_squares(squares) for part in variation.parts)
    return SampleDistance(float(squares.sum()), signal, peak_error, parts)


class DistanceAccumulator:
    """Sums up the distance of one output; memory does not grow with the number of samples.

    Where the reference is not finite (a mask of minus infinity) the candidate must hold the same value; any other value
    that is not finite makes the distance infinite.

    Args:
        output: its name.
        variation: that of the reference if more samples are known than those that are compared; by default that of the
            compared samples.
        has_peaks: whether the output is read by its largest values; the variation says so if it is given.
    """

    def __init__(self, output: str, variation: OutputVariation | None = None, has_peaks: bool = False) -> None:
        self._output = output
        self._samples = 0
        self._skipped = 0
        self._error = 0.0
        self._signal = 0.0
        self._known = variation
        self._part_errors = [0.0 for _ in variation.parts] if variation else []
        self._variation = VariationAccumulator(has_peaks)
        self._squares: Array | None = None  # of the error, element by element, while the parts are not known
        self._has_peaks = has_peaks if variation is None else variation.peaks > 0
        self._peak_error = 0.0

    def add(self, reference: Array, candidate: Array) -> None:
        """Take in the outputs of both models for one sample, arrays of any one shape."""
        if self._known is not None:
            self.take_in(compute_sample_distance(reference, candidate, self._known))
            return
        if reference.shape != candidate.shape:
            self.take_in(None)
            return
        squares, signal = _compute_squares(reference, candidate)
        peak_error = _compute_peak_error(reference, candidate) if self._has_peaks else 0.0
        self.take_in(SampleDistance(float(squares.sum()), signal, peak_error))
        self._variation.add(reference)
        is_first_shape = self._squares is None or self._squares.shape == squares.shape
        self._squares = squares if self._squares is None else self._squares + squares if is_first_shape else None

    def take_in(self, distance: SampleDistance | None) -> None:
        """Add the distance of one sample, computed with the variation of this output; None if shapes differed."""
        if distance is None:
            self._skipped += 1
            return
        self._samples += 1
        self._error += distance.error
        self._signal += distance.signal
        self._peak_error += distance.peak_error
        self._part_errors = [known + error for known, error in zip(self._part_errors, distance.parts, strict=True)]

    def compute_distance(self) -> OutputDistance:
        """The distance over all samples so far."""
        variation = self._variation.compute_variation() if self._known is None else self._known
        relative = self._compute_relative(self._error, variation.per_sample)
        parts = self._compute_parts(variation)
        if parts:
            relative = max(part.relative for part in parts)
        sqnr = None
        if self._error > 0:
            ratio = self._signal / self._error
            sqnr = float(10 * np.log10(ratio)) if ratio > 0 else float("-inf")
        peak = self._compute_relative(self._peak_error, variation.peaks**2) if self._has_peaks else None
        return OutputDistance(self._output, relative, sqnr, self._samples, self._skipped, parts, peak=peak)

    def _compute_relative(self, error: float, per_sample: float) -> float | None:
        return float(np.sqrt(error / self._samples / per_sample)) if per_sample > 0 and self._samples else None

    def _compute_parts(self, variation: OutputVariation) -> tuple[PartDistance, ...]:
        sums: list[float] = self._part_errors
        if self._known is None:
            if self._squares is None:
                return ()
            sums = [part.sum_squares(self._squares) for part in variation.parts]
        errors = [
            self._compute_relative(total, part.per_sample) for part, total in zip(variation.parts, sums, strict=True)
        ]
        return tuple(
            PartDistance(part.label, error)
            for part, error in zip(variation.parts, errors, strict=True)
            if error is not None
        )


def _compute_peak_error(reference: Array, candidate: Array) -> float:
    return (find_largest_value(candidate) - find_largest_value(reference)) ** 2


def _compute_squares(expected: Array, given: Array) -> tuple[Array, float]:
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
