"""Whatever holds a data set becomes a data loader: sequences, iterables, columns, and loaders of other libraries.

Other libraries are recognised by what their objects can do; none is imported.
"""

from __future__ import annotations

import itertools
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from os import PathLike
from typing import Any

import numpy as np

from openpot.data.collated_batch import is_collating_loader, split_batch, yields_batches
from openpot.data.columns import ColumnRows, split_columns
from openpot.data.input_description import InputDescription
from openpot.data.loader import DataLoader, count_samples_in
from openpot.data.watched_samples import load_watched
from openpot.errors import DataError, OutOfMemoryError

logger = logging.getLogger(__name__)


def make_data_loader(data: Any, inputs: Sequence[InputDescription] = (), subset_size: int | None = None) -> DataLoader:
    """A data loader over ``data``.

    Args:
        data: a :class:`DataLoader`; anything with ``__getitem__`` and ``__len__``; arrays by input name with one row
            for each sample; a torch ``DataLoader``, whose batches are taken apart; a Hugging Face data set; or any
            iterable. Samples are an array, a dict by input name or a list in the order of the inputs, alone or in a
            pair ``(sample, annotation)``.
        inputs: the model's inputs; they tell columns of data from columns of annotation.
        subset_size: how many samples are wanted: what can only be walked once is read up to there and kept in memory.

    Raises:
        DataError: ``data`` is no data set, or holds no samples.
    """
    if data is None or isinstance(data, str | bytes | PathLike):
        raise DataError(
            f"expected a data set (samples, or pairs of sample and annotation), got {data!r}; paths and "
            "module:callable are opened with openpot.data.source.open_data_source"
        )
    loader = _choose_loader(data, inputs, subset_size)
    count_samples_in(loader, type(data).__name__)
    return loader


class IndexedSamples(DataLoader):
    """Samples of a sequence of the user's, asked for only when they are needed."""

    def __init__(self, source: Any, inputs: Sequence[InputDescription] = ()) -> None:
        super().__init__()
        self._source = source
        self._inputs = tuple(inputs)

    @property
    def is_in_memory(self) -> bool:
        """Whether samples cost nothing to load."""
        return isinstance(self._source, list | tuple | np.ndarray) and not isinstance(self._source, np.memmap)

    def __len__(self) -> int:
        return len(self._source)

    def __getitem__(self, index: int) -> Any:
        return _convert_row(self._source[index], self._source, self._inputs)


class CollectedSamples(DataLoader):
    """Samples that could be walked only once, kept in memory."""

    is_in_memory = True

    def __init__(self, samples: Iterable[Any]) -> None:
        super().__init__()
        self._samples = list(samples)

    def __len__(self) -> int:
        return len(self._samples)

    def __getitem__(self, index: int) -> Any:
        return self._samples[index]


def _choose_loader(data: Any, inputs: Sequence[InputDescription], subset_size: int | None) -> DataLoader:
    if isinstance(data, DataLoader):
        return data
    if isinstance(data, Mapping):
        return ColumnRows(data, inputs)
    if is_collating_loader(data):
        return _collect(_split_batches(data, inputs), subset_size, data)
    if hasattr(data, "__getitem__") and hasattr(data, "__len__") and not _is_iterable_dataset(data):
        return IndexedSamples(data, inputs)
    if hasattr(data, "__iter__"):
        return _collect((_convert_row(raw, data, inputs) for raw in _read(data, "sample")), subset_size, data)
    raise DataError(
        f"a {type(data).__name__} is no data set: expected something with __getitem__ and __len__, or an iterable"
    )


def _is_iterable_dataset(data: Any) -> bool:
    """An ``IterableDataset`` of torch inherits a ``__getitem__`` that only raises."""
    return any(base.__name__ == "IterableDataset" for base in type(data).__mro__)


def _convert_row(raw: Any, source: Any, inputs: Sequence[InputDescription]) -> Any:
    """A row of a table (Hugging Face) becomes data and annotation; anything else is a sample already."""
    if inputs and hasattr(source, "column_names") and isinstance(raw, Mapping):
        return split_columns(raw, inputs)
    return raw


def _collect(samples: Iterable[Any], subset_size: int | None, origin: Any) -> CollectedSamples:
    collected = CollectedSamples(itertools.islice(samples, subset_size))
    logger.info("%d samples of a %s are kept in memory", len(collected), type(origin).__name__)
    return collected


def _split_batches(batches: Iterable[Any], inputs: Sequence[InputDescription]) -> Iterator[Any]:
    is_joined = yields_batches(batches)
    for batch in _read(batches, "batch"):
        yield from split_batch(batch, inputs, is_joined)


def _read(source: Iterable[Any], what: str) -> Iterator[Any]:
    """What ``source`` yields; its exceptions get the number of the sample or batch that could not be read."""
    iterator = iter(source)
    for number in itertools.count():
        try:
            yield load_watched(f"{what} {number}", lambda: next(iterator))
        except StopIteration:
            return
        except DataError:
            raise
        except MemoryError as error:
            raise OutOfMemoryError(f"{what} {number}: the {type(source).__name__} ran out of memory") from error
        except Exception as error:
            raise DataError(
                f"{what} {number}: reading the {type(source).__name__} raised {type(error).__name__}: {error}"
            ) from error
