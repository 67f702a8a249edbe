"""Whether the samples of a pass differ at all: on one sample, or on equal ones, ranges know nothing of other data."""

from __future__ import annotations

import warnings
import zlib
from collections.abc import Sequence

import numpy as np

from openpot.errors import OpenPotWarning
from openpot.typing_aliases import Array


class SampleVariety:
    """Compares every sample with the first one, until one differs; no sample is kept."""

    def __init__(self) -> None:
        self._num_samples = 0
        self._first: str | None = None
        self._is_varied = False

    def add(self, arrays: Sequence[Array]) -> str | None:
        """Take note of the arrays of one sample; returns a digest of them, None once samples are known to differ."""
        digest = None if self._is_varied else repr([_digest(array) for array in arrays])
        self.take_in(digest)
        return digest

    def take_in(self, digest: str | None) -> None:
        """Take note of a sample by its digest."""
        self._num_samples += 1
        if self._first is None:
            self._first = digest
        self._is_varied |= digest is None or digest != self._first

    def warn_if_poor(self) -> None:
        """After the last sample of a calibration: :class:`OpenPotWarning` if there was one sample, or all are equal."""
        if self._num_samples == 1:
            told = "calibration rests on one sample"
        elif self._num_samples > 1 and not self._is_varied:
            told = f"calibration rests on {self._num_samples} samples that are all equal"
        else:
            return
        warnings.warn(
            f"{told}: ranges that fit it may cut off every other; give samples as the model meets them in use, 300 are "
            "a good number",
            OpenPotWarning,
            stacklevel=1,  # one place for all passes, so that Python shows it once
        )


def _digest(array: Array) -> object:
    """Equal for equal arrays; objects, whose bytes are addresses, are told apart by what they hold."""
    content = repr(array.tolist()).encode() if array.dtype.hasobject else np.ascontiguousarray(array).tobytes()
    return array.dtype.str, array.shape, zlib.crc32(content)
