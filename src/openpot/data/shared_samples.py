"""How samples reach workers: the loader goes there and loads them, or they are loaded here and go along with a task."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from typing import Any

from openpot.data.loader import DataLoader
from openpot.data.sample import load_raw_sample

LARGEST_LOADER = 1 << 20
"""A loader of more bytes holds its samples in memory: sending all of them with every task costs more than a few."""


class PickedSamples(DataLoader):
    """Some samples of a data set under their numbers, in memory.

    Args:
        loader: has the data.
        indices: which samples.
    """

    def __init__(self, loader: Any, indices: Sequence[int]) -> None:
        super().__init__()
        self._count = len(loader)
        self._samples = {index: load_raw_sample(loader, index) for index in dict.fromkeys(indices)}

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> Any:
        return self._samples[index]


def can_be_sent(loader: Any) -> bool:
    """Whether a loader can go to a worker with every task."""
    try:
        return len(pickle.dumps(loader)) <= LARGEST_LOADER
    except Exception:  # whatever a loader of the user's holds: open files, lambdas, devices
        return False
