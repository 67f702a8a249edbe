"""Products of matrices on one thread each, several of them side by side: the same bits whatever the number of threads.

OpenBLAS splits products and factorizations among its threads, and their number changes in which order sums are made.
Where bits matter, it is therefore held to one thread, and independent pieces, cut at fixed places, run side by side.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import numpy as np

Answer = TypeVar("Answer")

_PREFIXES = ("scipy_", "")
_SUFFIXES = ("64_", "_64", "")


@contextmanager
def hold_blas_to_one_thread() -> Iterator[None]:
    """Within it NumPy's OpenBLAS computes on one thread; where NumPy comes with another library nothing changes."""
    calls = _find_calls()
    if calls is None:
        yield
        return
    read, write = calls
    before = read()
    write(1)
    try:
        yield
    finally:
        write(before)


def run_side_by_side(tasks: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """The answers of independent tasks in their order, as many at once as there are processors."""
    if len(tasks) < 2:
        return [task() for task in tasks]
    with ThreadPoolExecutor(min(len(tasks), os.cpu_count() or 1)) as pool:
        return list(pool.map(lambda task: task(), tasks))


@lru_cache(maxsize=1)
def _find_calls() -> tuple[Callable[[], int], Callable[[int], None]] | None:
    """What reads and what sets the number of threads of the OpenBLAS that NumPy has loaded."""
    home = Path(np.__file__).parent
    for path in sorted([*home.parent.glob("numpy.libs/*openblas*"), *home.glob(".dylibs/*openblas*")]):
        try:
            library = ctypes.CDLL(str(path))
        except OSError:
            continue
        for prefix in _PREFIXES:
            for suffix in _SUFFIXES:
                names = [f"{prefix}openblas_{verb}_num_threads{suffix}" for verb in ("get", "set")]
                if all(hasattr(library, name) for name in names):
                    read, write = (getattr(library, name) for name in names)
                    return read, write
    return None
