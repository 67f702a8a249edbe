"""A sampler of sample numbers, for engines that load their data themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from openpot.data.sampler_base import Sampler


class IndexSampler(Sampler):
    """Yields sample numbers; ``sampler[i]`` is the i-th of them."""

    def __init__(self, subset_indices: Sequence[int]) -> None:
        super().__init__(subset_indices=subset_indices)
        self._indices = subset_indices

    def __iter__(self) -> Iterator[int]:
        return iter(self._indices)

    def __len__(self) -> int:
        return len(self._indices)

    def __getitem__(self, position: int) -> int:
        return self._indices[position]
