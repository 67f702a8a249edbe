"""Making feeds of batches: samples are parsed and guarded, or go through the hooks of a subclass."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from openpot.data.fixed_batch import compute_missing_factor, find_fixed_batch
from openpot.data.guard import InputDescription, SampleGuard
from openpot.data.pass_notes import PassNotes
from openpot.data.sample import Sample, parse_sample, split_sample
from openpot.data.sequence import split_into_steps
from openpot.inference.feeds import Batch, Feed, NextStep, copy_arrays, copy_shared_inputs
from openpot.inference.model_inputs import describe_inputs
from openpot.inference.settings import EngineSettings

if TYPE_CHECKING:
    from openpot.graph.types import CompiledModel, Model

ProcessBatch = Callable[[Any], tuple[Any, Any, Any]]
"""A batch as the loader gave it to ``([(index, annotation)] or None, [data], [metadata] or None)``."""

FillInput = Callable[[Any], Any]
"""The data of a batch to what the runtime takes: arrays by input, as a list, or one array."""


class FeedMaker:
    """Turns the batches of one pass into feeds.

    Args:
        inputs: the inputs of the model.
        batch_dim: axis along which samples are joined.
        process_batch: hook that takes batches apart; None for openpot's own way.
        fill_input: hook that makes the arrays to feed; None for openpot's own way.
        copies: own all memory, because the loader goes on to the next sample before this one is used.
        reshapes_samples: see :class:`openpot.data.guard.SampleGuard`.
        notes: of the pass; see there too.
    """

    def __init__(
        self,
        inputs: Sequence[InputDescription],
        batch_dim: int = 0,
        process_batch: ProcessBatch | None = None,
        fill_input: FillInput | None = None,
        copies: bool = False,
        reshapes_samples: bool = False,
        notes: PassNotes | None = None,
    ) -> None:
        self._inputs = tuple(inputs)
        self._batch_dim = batch_dim
        self._guard = SampleGuard(inputs, batch_dim, reshapes_samples, notes)
        self._process_batch = process_batch
        self._fill_input = fill_input
        self._copies = copies

    def __call__(self, position: int, batch: Batch) -> list[Feed]:
        """The feeds of a batch: one, or one for each step of each sample where these are sequences.

        Raises:
            DataError: a sample cannot be used.
        """
        if self._process_batch is not None or self._fill_input is not None:
            return [self._feed_through_hooks(position, batch)]
        samples = [parse_sample(raw, index) for raw, index in zip(batch.samples, batch.indices, strict=True)]
        sequences = [split_into_steps(sample, self._inputs) for sample in samples]
        if all(len(steps) == 1 for steps in sequences):
            return [self._make_feed(position, [steps[0] for steps in sequences], batch.num_repeated)]
        feeds: list[Feed] = []
        for steps in sequences:
            feeds += self._make_step_feeds(position + len(feeds), steps)
        return feeds

    def _make_step_feeds(self, position: int, steps: Sequence[Sample]) -> list[Feed]:
        feeds = [self._make_feed(position + number, [step]) for number, step in enumerate(steps)]
        first, *others = feeds
        made = [first, *(replace(feed, inputs=NextStep(feed.inputs)) for feed in others)]
        return [replace(feed, is_last=feed is made[-1]) for feed in made]

    def _make_feed(self, position: int, samples: Sequence[Sample], num_repeated: int = 0) -> Feed:
        """One inference over samples of a single step, of which the last ones may only fill it up."""
        inputs = self._guard.feed(samples)
        new_samples = samples[: len(samples) - num_repeated]
        annotations = [(sample.index, sample.annotation) for sample in new_samples]
        metadata = [sample.metadata for sample in new_samples]
        if self._copies:
            inputs = copy_shared_inputs(inputs, samples)
            annotations, metadata = copy_arrays(annotations), copy_arrays(metadata)
        indices = tuple(sample.index for sample in new_samples)
        return Feed(position, indices, inputs, annotations, metadata, num_repeated=num_repeated)

    def count_batches(self, batch: Batch) -> int:
        """How many batches like this one make an inference: more than one for a model whose batch is fixed."""
        if self._process_batch is not None or self._fill_input is not None:
            return 1
        if all(find_fixed_batch(given, self._batch_dim) in (None, 1) for given in self._inputs):
            return 1
        samples = [parse_sample(raw, index) for raw, index in zip(batch.samples, batch.indices, strict=True)]
        return compute_missing_factor(self._inputs, samples, self._batch_dim)

    @property
    def takes_any_form(self) -> bool:
        """Whether a hook takes batches apart, so that they may be other objects than lists of samples."""
        return self._process_batch is not None

    def conclude(self) -> None:
        """Check the data as a whole, after the last sample.

        Raises:
            DataError: all samples are constant, or one is out of all proportion to the others.
        """
        if self._fill_input is None:
            self._guard.conclude()

    def _feed_through_hooks(self, position: int, batch: Batch) -> Feed:
        """What one hook returns reaches the other as it is: only the subclass knows its form."""
        annotations, data, metadata = self._take_apart(batch)
        if self._fill_input is not None:
            inputs = self._fill_input(data)
        else:
            numbers = batch.indices if len(batch.indices) == len(data) else tuple(range(len(data)))
            inputs = self._guard.feed(parse_samples(data, numbers))
        if self._copies:
            inputs, annotations, metadata = copy_arrays(inputs), copy_arrays(annotations), copy_arrays(metadata)
        return Feed(position, batch.indices, inputs, annotations, metadata)

    def _take_apart(self, batch: Batch) -> tuple[Any, Any, Any]:
        if self._process_batch is not None:
            return self._process_batch(batch.samples if batch.yielded is None else batch.yielded)
        parts = [split_sample(raw, index) for raw, index in zip(batch.samples, batch.indices, strict=True)]
        annotations = [(index, annotation) for index, (_, annotation, _) in zip(batch.indices, parts, strict=True)]
        return annotations, [data for data, _, _ in parts], [metadata for _, _, metadata in parts]


def make_feed_maker(
    model: Model | CompiledModel, settings: EngineSettings, copies: bool = False, notes: PassNotes | None = None
) -> FeedMaker:
    """What makes feeds for ``model`` as the settings of an engine say; ``copies`` and ``notes`` as in FeedMaker."""
    inputs, reshapes = describe_inputs(model), settings.reshapes_samples
    return FeedMaker(inputs, settings.batch_dim, copies=copies, reshapes_samples=reshapes, notes=notes)


def parse_samples(data: Sequence[Any], indices: Sequence[int]) -> list[Sample]:
    """Bare data, one entry for each sample, as samples."""
    return [parse_sample(entry, index) for entry, index in zip(data, indices, strict=True)]
