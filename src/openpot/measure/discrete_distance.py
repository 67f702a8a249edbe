"""How far outputs are from each other that are answers, not quantities: labels by place, and chosen rows as sets."""

from __future__ import annotations

import numpy as np

from openpot.measure.output_distance import Comparison, OutputDistance
from openpot.numerics.set_distance import compute_unmatched_share, to_rows
from openpot.typing_aliases import Array


class LabelDistance:
    """Counts the places at which an output of whole numbers, truth values or text differs.

    Args:
        output: its name.
    """

    def __init__(self, output: str) -> None:
        self._output = output
        self._samples = 0
        self._skipped = 0
        self._places = 0
        self._unequal = 0

    def add(self, reference: Array, candidate: Array) -> None:
        """Take in the outputs of both models for one sample, arrays of any one shape."""
        if reference.shape != candidate.shape:
            self._skipped += 1
            return
        self._samples += 1
        self._places += reference.size
        self._unequal += int(np.count_nonzero(reference != candidate))

    def compute_distance(self) -> OutputDistance:
        """The share of places that differ; None without any place."""
        share = self._unequal / self._places if self._places else None
        return OutputDistance(self._output, share, None, self._samples, self._skipped, comparison=Comparison.LABELS)


class RowDistance:
    """Compares an output as a set of rows. All rows are held: what a selection leaves is small.

    Args:
        output: its name.
    """

    def __init__(self, output: str) -> None:
        self._output = output
        self._pairs: list[tuple[Array, Array]] = []

    def add(self, reference: Array, candidate: Array) -> None:
        """Take in the outputs of both models for one sample; the number of rows may differ."""
        pair = to_rows(reference), to_rows(candidate)
        self._pairs.append((np.array(pair[0]), np.array(pair[1])))

    def compute_distance(self) -> OutputDistance:
        """The mean over samples of the share of rows without a partner (:mod:`openpot.numerics.set_distance`)."""
        if not self._pairs:
            return OutputDistance(self._output, None, None, 0, comparison=Comparison.ROWS)
        scale = _measure_scale([reference for reference, _ in self._pairs])
        shares = [compute_unmatched_share(*pair, scale) for pair in self._pairs]
        return OutputDistance(self._output, float(np.mean(shares)), None, len(shares), comparison=Comparison.ROWS)


def _measure_scale(rows: list[Array]) -> Array:
    """Standard deviation of each column over the rows of all samples."""
    together = np.concatenate(rows)
    if not len(together) or together.dtype.kind not in "fc":
        return np.zeros(together.shape[1])
    finite = np.where(np.isfinite(together), together, np.nan).astype(np.float64)
    known = np.isfinite(finite).any(axis=0)
    scale = np.zeros(together.shape[1])
    scale[known] = np.nanstd(finite[:, known], axis=0)
    return scale
