"""Making feeds of batches: items are parsed and guarded, or go through the hooks of a subclass."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from openpot.data.guard import InputDescription, ItemGuard
from openpot.data.item import Item, parse_item
from openpot.data.sequence import split_into_steps
from openpot.inference.feeds import Batch, Feed, NextStep, owned, owned_inputs
from openpot.typing_aliases import Array

ProcessBatch = Callable[[Any], tuple[Any, Any, Any]]
"""A batch as the loader gave it to ``([(index, annotation)] or None, [data], [metadata] or None)``."""

FillInput = Callable[[Any], dict[Any, Array]]
"""The data of a batch to arrays by input."""


class FeedMaker:
    """Turns the batches of one pass into feeds.

    Args:
        inputs: the inputs of the model.
        batch_dim: axis along which items are joined.
        process_batch: hook that takes batches apart; None for openpot's own way.
        fill_input: hook that makes the arrays to feed; None for openpot's own way.
        copies: own all memory, because the loader goes on to the next item before this one is used.
    """

    def __init__(
        self,
        inputs: Sequence[InputDescription],
        batch_dim: int = 0,
        process_batch: ProcessBatch | None = None,
        fill_input: FillInput | None = None,
        copies: bool = False,
    ) -> None:
        self._inputs = tuple(inputs)
        self._guard = ItemGuard(inputs, batch_dim)
        self._process_batch = process_batch
        self._fill_input = fill_input
        self._copies = copies

    def __call__(self, position: int, batch: Batch) -> list[Feed]:
        """The feeds of a batch: one, or one for each step of each sample where these are sequences.

        Raises:
            DataError: an item cannot be used.
        """
        annotations, samples, metadata = self._taken_apart(batch)
        if self._copies:
            annotations, metadata = owned(annotations), owned(metadata)
        if self._fill_input is not None:
            inputs = self._fill_input([sample.data for sample in samples])
            inputs = owned_inputs(inputs, samples) if self._copies else inputs
            return [Feed(position, batch.indices, inputs, annotations, metadata)]
        sequences = [split_into_steps(sample, self._inputs) for sample in samples]
        if all(len(steps) == 1 for steps in sequences):
            inputs = self._inputs_of([steps[0] for steps in sequences])
            return [Feed(position, batch.indices, inputs, annotations, metadata)]
        made: list[Feed] = []
        for number, steps in enumerate(sequences):
            own, facts = slice(number, number + 1), (annotations, metadata)
            told, known = (None if one is None else one[own] for one in facts)
            for step, sample in enumerate(steps):
                inputs = self._inputs_of([sample])
                going_on = NextStep(inputs) if step else inputs
                is_last = step == len(steps) - 1
                made.append(Feed(position + len(made), (sample.index,), going_on, told, known, is_last))
        return made

    def _inputs_of(self, samples: Sequence[Item]) -> dict[int, Array]:
        inputs = self._guard.feed(samples)
        return owned_inputs(inputs, samples) if self._copies else inputs

    def conclude(self) -> None:
        """Judge the calibration data as a whole, after the last item.

        Raises:
            DataError: all items are constant, or one is out of all proportion to the others.
        """
        if self._fill_input is None:
            self._guard.conclude()

    def _taken_apart(self, batch: Batch) -> tuple[list[tuple[Any, Any]] | None, list[Item], list[Any] | None]:
        if self._process_batch is not None:
            annotations, data, metadata = self._process_batch(batch.items)
            numbers = batch.indices if len(batch.indices) == len(data) else tuple(range(len(data)))
            return annotations, items_of(data, numbers), metadata
        items = [parse_item(raw, index) for raw, index in zip(batch.items, batch.indices, strict=True)]
        annotations = [(item.index, item.annotation) for item in items]
        return annotations, items, [item.metadata for item in items]


def items_of(data: Sequence[Any], indices: Sequence[int]) -> list[Item]:
    """Bare data, one entry for each item, as items."""
    return [parse_item(entry, index) for entry, index in zip(data, indices, strict=True)]
