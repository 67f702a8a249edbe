"""What every sampler has: which samples of the data set, and how many of them share an inference."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any

from openpot.errors import ConfigError


class Sampler(ABC):
    """A way through a data set.

    Attributes:
        batch_size: number of samples that are yielded together.
    """

    def __init__(
        self, data_loader: Any = None, batch_size: int = 1, subset_indices: Sequence[int] | None = None
    ) -> None:
        if isinstance(batch_size, bool) or int(batch_size) < 1:
            raise ConfigError(f"batch_size must be a whole number from 1, not {batch_size!r}")
        self._data_loader = data_loader
        self.batch_size = int(batch_size)
        self._subset_indices = subset_indices

    @property
    def data_loader(self) -> Any:
        """Where the samples come from; None for a sampler of numbers."""
        return self._data_loader

    @property
    def subset_indices(self) -> Sequence[int] | None:
        """Sample numbers in their order; None for the whole data set."""
        return self._subset_indices

    @property
    def num_samples(self) -> int | None:
        """Number of samples on the way; None if neither a subset nor a data set was given."""
        if self._subset_indices is not None:
            return len(self._subset_indices)
        return None if self._data_loader is None else len(self._data_loader)

    @abstractmethod
    def __iter__(self) -> Iterator[Any]:
        """Go through the samples."""

    @abstractmethod
    def __len__(self) -> int:
        """Number of things that the iterator yields."""
