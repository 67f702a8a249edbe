"""The value ranges of all samples of a pass: constant samples and samples out of all proportion are reported.

One odd sample can decide every range of a quantized model. A constant sample teaches nothing; if all samples are
constant, there is nothing to calibrate on. A sample whose values are many orders of magnitude above those of the others
is almost always a fault of the data set, and averaged maxima do not survive it.
"""

from __future__ import annotations

import statistics
import warnings
from collections.abc import Mapping

from openpot.data.input_values import ValueRange
from openpot.errors import DataError, OpenPotWarning

SUSPICIOUS_RATIO = 1e4
IMPOSSIBLE_RATIO = 1e8
_STACKLEVEL = 4  # the caller of SampleGuard.feed


class SampleRanges:
    """Collects the range of every real-valued input of every sample."""

    def __init__(self) -> None:
        self._magnitudes: dict[str, list[tuple[float, int]]] = {}
        self._num_samples = 0
        self._num_flat = 0

    def add(self, index: int, ranges: Mapping[str, ValueRange]) -> None:
        """Take note of sample ``index``; ``ranges`` holds its real-valued inputs of more than one value.

        The first constant sample is warned about: :class:`OpenPotWarning`.
        """
        if not ranges:
            return
        self._num_samples += 1
        for name, value_range in ranges.items():
            self._magnitudes.setdefault(name, []).append((value_range.magnitude, index))
        if all(value_range.is_flat for value_range in ranges.values()):
            self._num_flat += 1
            if self._num_flat == 1:
                value = next(iter(ranges.values())).high
                warnings.warn(
                    f"sample {index}: all values are {value:g}: such a sample teaches calibration nothing; is it read "
                    "and normalised properly? (further constant samples are counted, not shown)",
                    OpenPotWarning,
                    stacklevel=_STACKLEVEL,
                )

    def conclude(self) -> None:
        """Check the pass as a whole, after its last sample.

        Raises:
            DataError: all samples are constant, or one is out of all proportion to the others.
        """
        if self._num_samples and self._num_flat == self._num_samples:
            raise DataError(
                f"all {self._num_samples} samples are constant: there is nothing to calibrate on; check how the data "
                "are read and normalised"
            )
        for name, magnitudes in self._magnitudes.items():
            self._check_outlier(name, magnitudes)

    def _check_outlier(self, name: str, magnitudes: list[tuple[float, int]]) -> None:
        typical = statistics.median([magnitude for magnitude, _ in magnitudes if magnitude > 0] or [0.0])
        largest, index = max(magnitudes)
        if len(magnitudes) < 3 or typical == 0 or largest < SUSPICIOUS_RATIO * typical:
            return
        message = (
            f"sample {index}, input {name!r}: its largest value is {largest:g}, {largest / typical:.0e} times that of "
            f"the median sample ({typical:g}); one such sample can spoil every range"
        )
        if largest >= IMPOSSIBLE_RATIO * typical:
            raise DataError(f"{message}: mend it or leave it out")
        warnings.warn(message, OpenPotWarning, stacklevel=_STACKLEVEL)
