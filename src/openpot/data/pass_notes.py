"""What the check of a whole pass has to know of each sample: notes that can be taken in wherever the pass goes on.

A pass may go on in another process than it began in, after it was killed or because several share it. Whether all
samples are constant, equal or out of proportion is a question about all of them, so the notes travel.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openpot.data.input_values import ValueRange
from openpot.data.sample_ranges import SampleRanges
from openpot.data.sample_variety import SampleVariety
from openpot.typing_aliases import Array


@dataclass(frozen=True)
class SampleNote:
    """What is noted of a sample.

    Attributes:
        index: its number in the data set.
        ranges: of its real-valued inputs of more than one value, by input.
        digest: equal for equal samples; None if samples before it are known to differ.
    """

    index: int
    ranges: Mapping[str, ValueRange]
    digest: str | None

    def to_plain(self) -> list[Any]:
        """The note in plain JSON."""
        return [self.index, {name: [limits.low, limits.high] for name, limits in self.ranges.items()}, self.digest]

    @classmethod
    def from_plain(cls, plain: Sequence[Any]) -> SampleNote:
        """The note that :meth:`to_plain` gave."""
        index, ranges, digest = plain
        return cls(index, {name: ValueRange(*limits) for name, limits in ranges.items()}, digest)


class PassNotes:
    """The notes of one pass, summed up.

    Args:
        keeps_notes: keep each note until it is taken by :meth:`pop`.
    """

    def __init__(self, keeps_notes: bool = False) -> None:
        self._keeps_notes = keeps_notes
        self._kept: dict[int, SampleNote] = {}
        self._ranges = SampleRanges()
        self._variety = SampleVariety()

    def add(self, index: int, ranges: Mapping[str, ValueRange], arrays: Sequence[Array]) -> None:
        """Take note of a sample; the first constant one is warned about."""
        self._ranges.add(index, ranges)
        digest = self._variety.add(arrays)
        if self._keeps_notes:
            self._kept[index] = SampleNote(index, ranges, digest)

    def take_in(self, note: SampleNote) -> None:
        """Take in a note that was made elsewhere."""
        self._ranges.add(note.index, note.ranges)
        self._variety.take_in(note.digest)

    def pop(self, indices: Iterable[int]) -> list[SampleNote]:
        """The notes of these samples, which are not kept any longer."""
        return [self._kept.pop(index) for index in dict.fromkeys(indices) if index in self._kept]

    def conclude(self) -> None:
        """Check the pass as a whole after its last sample.

        Raises:
            DataError: all samples are constant, or one is out of all proportion to the others.
        """
        self._ranges.conclude()

    def warn_if_poor(self) -> None:
        """After a pass that calibrated: :class:`OpenPotWarning` if there was one sample, or all are equal."""
        self._variety.warn_if_poor()
