"""What a few inferences of a pass that calibrates tell, as it is recorded and as workers return it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from openpot.data.pass_notes import SampleNote
from openpot.typing_aliases import Array


@dataclass(frozen=True, eq=False)
class ObservedInference:
    """What one inference tells: the packed vector, the other answers by request, and whether its sample ends here."""

    packed: Array
    loose: dict[int, Any]
    is_last: bool


@dataclass(frozen=True, eq=False)
class ObservedChunk:
    """The answers of some inferences in a row, and the notes of their samples."""

    inferences: Sequence[ObservedInference]
    notes: Sequence[SampleNote]

    @property
    def num_samples(self) -> int:
        """Inferences, or sequences of steps, that are complete."""
        return sum(inference.is_last for inference in self.inferences)

    def to_plain(self) -> dict[str, Any]:
        """The chunk in plain JSON and arrays."""
        return {
            "packed": np.stack([inference.packed for inference in self.inferences]),
            "loose": [{str(key): value for key, value in inference.loose.items()} for inference in self.inferences],
            "is_last": [inference.is_last for inference in self.inferences],
            "notes": [note.to_plain() for note in self.notes],
        }

    @classmethod
    def from_plain(cls, plain: Any) -> ObservedChunk:
        """The chunk that :meth:`to_plain` gave."""
        rows = zip(plain["packed"], plain["loose"], plain["is_last"], strict=True)
        inferences = [
            ObservedInference(packed, {int(key): value for key, value in loose.items()}, is_last)
            for packed, loose, is_last in rows
        ]
        return cls(inferences, [SampleNote.from_plain(note) for note in plain["notes"]])
