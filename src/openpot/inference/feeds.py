"""From a sampler to what an inference takes: batches with the numbers of their samples, and the arrays to feed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from openpot.data.sample import Sample, load_raw_sample
from openpot.data.sampler import BatchSampler
from openpot.errors import DataError, OpenPotError
from openpot.typing_aliases import Array


class NextStep(dict[Any, Array]):
    """The inputs of a step of a sequence that goes on from the state that the step before it left."""


@dataclass(frozen=True, eq=False)
class Feed:
    """One inference to make.

    Attributes:
        position: its number in the pass, from 0.
        indices: numbers of its samples in the data set.
        inputs: arrays by position (or name) of the model's inputs, or what an overridden method made for the runtime.
        annotations: ``(index, annotation)`` of each sample; None where the engine takes no annotations.
        metadata: metadata of each sample; None likewise.
        is_last: whether it is the last step of its samples; samples are single steps unless the model keeps a state.
        num_repeated: how many repeated samples follow its own, to fill it up for a model that takes a fixed number.
    """

    position: int
    indices: tuple[int, ...]
    inputs: Any
    annotations: list[tuple[Any, Any]] | None = None
    metadata: list[Any] | None = None
    is_last: bool = True
    num_repeated: int = 0

    @property
    def goes_on(self) -> bool:
        """Whether it starts from the state that the inference before it left."""
        return isinstance(self.inputs, NextStep)

    @property
    def is_of_sequence(self) -> bool:
        """Whether its sample has several steps."""
        return self.goes_on or not self.is_last

    @property
    def name(self) -> str:
        """``sample 3`` or ``samples 4, 5, 6``, for messages."""
        return format_sample_numbers(self.indices)


@dataclass(frozen=True, eq=False)
class Batch:
    """What a sampler yields at once: samples as the loader gave them, and their numbers in the data set.

    ``yielded`` is the object itself that the sampler yielded. The last ``num_repeated`` samples are among the others.
    """

    indices: tuple[int, ...]
    samples: list[Any]
    yielded: Any = None
    num_repeated: int = 0


def format_sample_numbers(indices: Sequence[int]) -> str:
    """``sample 3`` or ``samples 4, 5, 6``, for messages."""
    return f"sample{'s' if len(indices) > 1 else ''} {', '.join(str(index) for index in indices)}"


def number_batches(sampler: Any, data_loader: Any = None, any_form: bool = False) -> Iterator[Batch]:
    """The batches of a sampler with the numbers that their samples have in the data set.

    A sampler of openpot knows these numbers. For a user's sampler they are those that old-style samples
    carry (``((index, annotation), data)``), else a running count. A sampler of bare numbers loads from ``data_loader``.

    Args:
        sampler: yields batches.
        data_loader: what bare numbers are loaded from.
        any_form: whether batches may be other objects than lists; each then counts as one sample.

    Raises:
        DataError: the sampler or the loader raised, or there is nothing to go through.
    """
    known = sampler.index_batches() if type(sampler).__iter__ is BatchSampler.__iter__ else None
    iterator, count, position = iter(sampler), 0, 0
    while True:
        try:
            raw = next(iterator)
        except StopIteration:
            break
        except (OpenPotError, MemoryError):
            raise
        except Exception as error:
            raise DataError(
                f"inference {position} (sample {count} onwards): the sampler raised {type(error).__name__}: {error}"
            ) from error
        batch = _make_batch(raw, count, data_loader, any_form) if known is None else Batch(next(known), raw, raw)
        if not batch.samples:
            raise DataError(f"inference {position}: the sampler yielded no samples; expected a list of samples")
        yield batch
        count += len(batch.samples)
        position += 1
    if not position:
        raise DataError("the sampler yields nothing: expected at least one sample")


def _make_batch(raw: Any, count: int, data_loader: Any, any_form: bool) -> Batch:
    """A batch of a sampler that says nothing about numbers."""
    if isinstance(raw, int | np.integer):
        index = int(raw)
        samples = [load_raw_sample(data_loader, index)]
        return Batch((index,), samples, samples)
    if any_form and not isinstance(raw, list | tuple):
        return Batch((count,), [raw], raw)
    if not isinstance(raw, list | tuple):
        raise DataError(f"sample {count}: a sampler yields lists of samples, got {type(raw).__name__}")
    return Batch(tuple(find_sample_number(sample, count + offset) for offset, sample in enumerate(raw)), list(raw), raw)


def find_sample_number(sample: Any, fallback: int) -> int:
    """The number that an old-style sample ``((index, annotation), data)`` carries, else ``fallback``."""
    first = sample[0] if isinstance(sample, tuple) and sample else None
    if isinstance(first, tuple) and first and isinstance(first[0], int | np.integer):
        return int(first[0])
    return fallback


def copy_shared_inputs(inputs: dict[int, Array], samples: Sequence[Sample]) -> dict[int, Array]:
    """``inputs`` without memory of the loader, which may fill the same buffer with the next sample meanwhile."""
    sources = [array for sample in samples for array in _list_arrays(sample.data)]
    return {
        position: array.copy() if any(np.may_share_memory(array, source) for source in sources) else array
        for position, array in inputs.items()
    }


def copy_arrays(value: Any) -> Any:
    """``value`` with its arrays copied, also inside lists, tuples and dicts; other objects are passed on."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if type(value) is dict:
        return {key: copy_arrays(entry) for key, entry in value.items()}
    if type(value) in (list, tuple):
        return type(value)(copy_arrays(entry) for entry in value)
    return value


def _list_arrays(data: Any) -> list[Array]:
    if isinstance(data, dict):
        return list(data.values())
    return data if isinstance(data, list) else [data]


BatchesOfInference = Callable[[Batch], int]
"""How many batches like this one make an inference."""


def group_batches(batches: Iterator[Batch], count_batches: BatchesOfInference) -> Iterator[Batch]:
    """The batches, as many of them joined as an inference takes; the last one is filled up with its own samples."""
    group: list[Batch] = []
    wanted = 1
    for batch in batches:
        if not group:
            wanted = count_batches(batch)
        if wanted == 1:
            yield batch
            continue
        group.append(batch)
        if len(group) == wanted:
            yield _join_batches(group, wanted)
            group = []
    if group:
        yield _join_batches(group, wanted)


def _join_batches(group: list[Batch], wanted: int) -> Batch:
    samples = [sample for batch in group for sample in batch.samples]
    missing = wanted * len(group[0].samples) - len(samples)
    indices = tuple(index for batch in group for index in batch.indices)
    repeated = [number % len(samples) for number in range(missing)]
    return Batch(
        indices + tuple(indices[number] for number in repeated),
        samples + [samples[number] for number in repeated],
        num_repeated=missing,
    )


class MakesFeeds(Protocol):
    """Turns batches into feeds."""

    @property
    def takes_any_form(self) -> bool:
        """Whether batches may be other objects than lists of samples."""

    def count_batches(self, batch: Batch) -> int:
        """How many batches like this one make an inference."""

    def __call__(self, position: int, batch: Batch) -> Sequence[Feed]:
        """The feeds of a batch, of which the first has this position: several for a sequence of steps."""


def generate_feeds(sampler: Any, data_loader: Any, make_feeds: MakesFeeds) -> Iterator[Feed]:
    """The feeds of a pass: one for each batch of ``sampler``, or one for each step of its sequences.

    Batches that are smaller than what the model takes are joined.
    """
    batches = number_batches(sampler, data_loader, make_feeds.takes_any_form)
    position = 0
    for batch in group_batches(batches, make_feeds.count_batches):
        feeds = make_feeds(position, batch)
        yield from feeds
        position += len(feeds)


def group_steps(inputs: Sequence[Mapping[Any, Array]]) -> list[range]:
    """Positions of the inputs of each sample: one for each, unless samples are sequences of steps."""
    starts = [position for position, entry in enumerate(inputs) if not isinstance(entry, NextStep)]
    return [range(start, end) for start, end in zip(starts, [*starts, len(inputs)][1:], strict=True)]
