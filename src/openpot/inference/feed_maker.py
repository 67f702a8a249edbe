"""Making feeds of batches: samples are parsed and guarded, or go through the hooks of a subclass."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from openpot.data.guard import InputDescription, SampleGuard
from openpot.data.sample import Sample, parse_sample
from openpot.inference.feeds import Batch, Feed, owned, owned_inputs
from openpot.typing_aliases import Array

ProcessBatch = Callable[[Any], tuple[Any, Any, Any]]
"""A batch as the loader gave it to ``([(index, annotation)] or None, [data], [metadata] or None)``."""

FillInput = Callable[[Any], dict[Any, Array]]
"""The data of a batch to arrays by input."""


class FeedMaker:
    """Turns the batches of one pass into feeds.

    Args:
        inputs: the inputs of the model.
        batch_dim: axis along which samples are joined.
        process_batch: hook that takes batches apart; None for openpot's own way.
        fill_input: hook that makes the arrays to feed; None for openpot's own way.
        copies: own all memory, because the loader goes on to the next sample before this one is used.
    """

    def __init__(
        self,
        inputs: Sequence[InputDescription],
        batch_dim: int = 0,
        process_batch: ProcessBatch | None = None,
        fill_input: FillInput | None = None,
        copies: bool = False,
    ) -> None:
        self._guard = SampleGuard(inputs, batch_dim)
        self._process_batch = process_batch
        self._fill_input = fill_input
        self._copies = copies

    def __call__(self, position: int, batch: Batch) -> Feed:
        """The feed of a batch.

        Raises:
            DataError: a sample cannot be used.
        """
        annotations, samples, metadata = self._taken_apart(batch)
        if self._fill_input is not None:
            inputs = self._fill_input([sample.data for sample in samples])
        else:
            inputs = self._guard.feed(samples)
        if self._copies:
            inputs = owned_inputs(inputs, samples)
            annotations, metadata = owned(annotations), owned(metadata)
        return Feed(position, batch.indices, inputs, annotations, metadata)

    def conclude(self) -> None:
        """Judge the calibration data as a whole, after the last sample.

        Raises:
            DataError: all samples are constant, or one is out of all proportion to the others.
        """
        if self._fill_input is None:
            self._guard.conclude()

    def _taken_apart(self, batch: Batch) -> tuple[list[tuple[Any, Any]] | None, list[Sample], list[Any] | None]:
        if self._process_batch is not None:
            annotations, data, metadata = self._process_batch(batch.samples)
            numbers = batch.indices if len(batch.indices) == len(data) else tuple(range(len(data)))
            return annotations, samples_from_data(data, numbers), metadata
        samples = [parse_sample(raw, index) for raw, index in zip(batch.samples, batch.indices, strict=True)]
        annotations = [(sample.index, sample.annotation) for sample in samples]
        return annotations, samples, [sample.metadata for sample in samples]


def samples_from_data(data: Sequence[Any], indices: Sequence[int]) -> list[Sample]:
    """Bare data, one entry for each sample, as samples."""
    return [parse_sample(entry, index) for entry, index in zip(data, indices, strict=True)]
