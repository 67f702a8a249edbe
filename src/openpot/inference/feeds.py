"""From a sampler to what an inference takes: batches with the numbers of their samples, and the arrays to feed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from openpot.data.sample import Sample, load_raw_sample
from openpot.data.sampler import BatchSampler
from openpot.errors import DataError, OpenPotError
from openpot.typing_aliases import Array


@dataclass(frozen=True, eq=False)
class Feed:
    """One inference to make.

    Attributes:
        position: its number in the pass, from 0.
        indices: numbers of its samples in the data set.
        inputs: arrays by position (or name) of the model's inputs.
        annotations: ``(index, annotation)`` of each sample; None where the engine takes no annotations.
        metadata: metadata of each sample; None likewise.
    """

    position: int
    indices: tuple[int, ...]
    inputs: dict[Any, Array]
    annotations: list[tuple[Any, Any]] | None = None
    metadata: list[Any] | None = None

    @property
    def name(self) -> str:
        """``sample 3`` or ``samples 4, 5, 6``, for messages."""
        return format_sample_numbers(self.indices)


@dataclass(frozen=True, eq=False)
class Batch:
    """What a sampler yields at once: samples as the loader gave them, and their numbers in the data set."""

    indices: tuple[int, ...]
    samples: list[Any]


def format_sample_numbers(indices: Sequence[int]) -> str:
    """``sample 3`` or ``samples 4, 5, 6``, for messages."""
    return f"sample{'s' if len(indices) > 1 else ''} {', '.join(str(index) for index in indices)}"


def numbered_batches(sampler: Any, data_loader: Any = None) -> Iterator[Batch]:
    """The batches of a sampler with the numbers that their samples have in the data set.

    A sampler of openpot knows these numbers. For a sampler of the user's own they are those that old-style samples
    carry (``((index, annotation), data)``), else a running count. A sampler of bare numbers loads from ``data_loader``.

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
        batch = _batch(raw, count, data_loader) if known is None else Batch(next(known), raw)
        if not batch.samples:
            raise DataError(f"inference {position}: the sampler yielded no samples; expected a list of samples")
        yield batch
        count += len(batch.samples)
        position += 1
    if not position:
        raise DataError("the sampler yields nothing: expected at least one sample")


def _batch(raw: Any, count: int, data_loader: Any) -> Batch:
    """A batch of a sampler that says nothing about numbers."""
    if isinstance(raw, int | np.integer):
        index = int(raw)
        return Batch((index,), [load_raw_sample(data_loader, index)])
    if not isinstance(raw, list | tuple):
        raise DataError(f"sample {count}: a sampler yields lists of samples, got {type(raw).__name__}")
    return Batch(tuple(own_index(sample, count + offset) for offset, sample in enumerate(raw)), list(raw))


def own_index(sample: Any, fallback: int) -> int:
    """The number that an old-style sample ``((index, annotation), data)`` carries, else ``fallback``."""
    first = sample[0] if isinstance(sample, tuple) and sample else None
    if isinstance(first, tuple) and first and isinstance(first[0], int | np.integer):
        return int(first[0])
    return fallback


def owned_inputs(inputs: dict[int, Array], samples: Sequence[Sample]) -> dict[int, Array]:
    """``inputs`` without memory of the loader, which may fill the same buffer with the next sample meanwhile."""
    sources = [array for sample in samples for array in _arrays_of(sample.data)]
    return {
        position: array.copy() if any(np.may_share_memory(array, source) for source in sources) else array
        for position, array in inputs.items()
    }


def owned(value: Any) -> Any:
    """``value`` with its arrays copied, also inside lists, tuples and dicts; other objects are passed on."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if type(value) is dict:
        return {key: owned(entry) for key, entry in value.items()}
    if type(value) in (list, tuple):
        return type(value)(owned(entry) for entry in value)
    return value


def _arrays_of(data: Any) -> list[Array]:
    if isinstance(data, dict):
        return list(data.values())
    return data if isinstance(data, list) else [data]


PrepareFeed = Callable[[int, Batch], Feed]
"""Turns batch number ``position`` into a feed."""


def feeds(sampler: Any, data_loader: Any, prepare: PrepareFeed) -> Iterator[Feed]:
    """The feeds of a pass, one for each batch of ``sampler``."""
    for position, batch in enumerate(numbered_batches(sampler, data_loader)):
        yield prepare(position, batch)
