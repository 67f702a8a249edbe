"""Single steps, one after the other, as sequences: what the state of a model becomes when it is used."""

from __future__ import annotations

from collections.abc import Sequence

from openpot.data.input_description import InputDescription
from openpot.data.input_matching import InputMatcher
from openpot.data.loader import DataLoader
from openpot.data.sample import load_sample
from openpot.typing_aliases import Array

MAX_STEPS = 32
"""Steps of a sequence: a state that forgets a tenth with every step is within 4 % of where it goes."""
MIN_SEQUENCES = 10
"""As many as a trial of the outputs takes; with fewer steps than that needs, sequences overlap."""


class ChainedSteps(DataLoader):
    """Sequences of consecutive samples that begin at places spread evenly over the data set.

    The end of the data set is followed by its beginning.

    Args:
        source: samples of a single step each.
        inputs: the inputs of the model.
    """

    def __init__(self, source: DataLoader, inputs: Sequence[InputDescription]) -> None:
        super().__init__()
        self._source, self._inputs = source, tuple(inputs)
        self.num_steps = min(MAX_STEPS, len(source))
        self._count = max(MIN_SEQUENCES, -(-len(source) // self.num_steps))

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> list[dict[str, Array]]:
        available = len(self._source)
        start = index * available // self._count
        return [self._read_step((start + offset) % available) for offset in range(self.num_steps)]

    def _read_step(self, number: int) -> dict[str, Array]:
        arrays = InputMatcher(self._inputs).order_arrays(load_sample(self._source, number))
        return {given.name: array for given, array in zip(self._inputs, arrays, strict=True)}
