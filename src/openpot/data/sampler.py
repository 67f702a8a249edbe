"""Which samples of a data set are used, in which order, and how many share an inference."""

from __future__ import annotations

import logging
import operator
import random
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from openpot.data.index_sampler import IndexSampler
from openpot.data.loader import count_samples_in
from openpot.data.sample import load_raw_sample
from openpot.data.sampler_base import Sampler
from openpot.errors import ConfigError, DataError

__all__ = ["BatchSampler", "IndexSampler", "Sampler", "create_sampler"]

logger = logging.getLogger(__name__)


class BatchSampler(Sampler):
    """Yields lists of ``batch_size`` samples as the loader gives them; the last list may be shorter.

    ``len`` counts the lists, ``num_samples`` the samples. (POT's ``len`` counted samples.)
    """

    def __init__(self, data_loader: Any, batch_size: int = 1, subset_indices: Iterable[int] | None = None) -> None:
        indices = None if subset_indices is None else _check_indices(subset_indices, len(data_loader))
        super().__init__(data_loader, batch_size, indices)

    def index_batches(self) -> Iterator[tuple[int, ...]]:
        """The sample numbers of each list."""
        indices = range(self.num_samples or 0) if self._subset_indices is None else self._subset_indices
        for start in range(0, len(indices), self.batch_size):
            yield tuple(indices[start : start + self.batch_size])

    def __iter__(self) -> Iterator[list[Any]]:
        for indices in self.index_batches():
            yield [load_raw_sample(self._data_loader, index) for index in indices]

    def __len__(self) -> int:
        return -(-(self.num_samples or 0) // self.batch_size)


def create_sampler(
    engine: Any, samples: int | Iterable[int], shuffle_data: bool = False, seed: int = 0, batch_size: int = 1
) -> Sampler:
    """A sampler over the data of ``engine``.

    Args:
        engine: holds the data set in ``data_loader``; an engine without one gets a sampler of sample numbers.
        samples: a number of samples, the first ones or a random choice without repetition; or the sample numbers
            themselves.
        shuffle_data: choose at random; the choice depends on ``seed`` alone and equals POT's.
        seed: of that choice; no global random state is touched.
        batch_size: samples that share an inference.

    Raises:
        ConfigError: fewer than one sample is asked for.
        DataError: the data set is empty, or a sample number lies outside it.
    """
    loader = getattr(engine, "data_loader", None)
    if loader is not None:
        count_samples_in(loader)
    indices: Iterable[int]
    if isinstance(samples, int | np.integer):
        indices = _choose_indices(int(samples), loader, shuffle_data, seed)
    else:
        indices = samples
    if loader is None:
        return IndexSampler(tuple(indices))
    return BatchSampler(loader, batch_size, indices)


def _choose_indices(count: int, loader: Any, shuffle: bool, seed: int) -> Iterable[int]:
    if count < 1:
        raise ConfigError(f"the number of calibration samples (stat_subset_size) must be at least 1, not {count}")
    if loader is None:
        return range(count)
    available = len(loader)
    if count > available:
        logger.warning("%d samples were asked for, the data set has %d: all of them are used", count, available)
        count = available
    return random.Random(seed).sample(range(available), count) if shuffle else range(count)  # noqa: S311  as POT


def _check_indices(indices: Iterable[int], available: int) -> range | tuple[int, ...]:
    checked = indices if isinstance(indices, range) else tuple(operator.index(index) for index in indices)
    outside = [index for index in checked if not 0 <= index < available]
    if outside:
        raise DataError(
            f"sample number {outside[0]} is outside the data set: expected 0 to {available - 1}"
            + (f" ({len(outside)} such numbers)" if len(outside) > 1 else "")
        )
    return checked
