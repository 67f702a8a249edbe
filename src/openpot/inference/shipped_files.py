"""Files on their way to workers: their folder here, and what a worker keeps of them."""

from __future__ import annotations

import shutil
import tempfile
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from openpot.errors import NotWritableError

KEPT = 4
"""Models that a worker keeps compiled, and sets of samples that it keeps in memory."""

Value = TypeVar("Value")


def make_shipping_folder() -> Path:
    """A folder that only this user can read.

    Raises:
        NotWritableError: there is no room for it.
    """
    try:
        return Path(tempfile.mkdtemp(prefix="openpot-shipped-"))
    except OSError as error:
        raise NotWritableError(f"no folder can be made for what is sent to workers: {error}") from error


def make_folder_of(owner: object) -> Path:
    """Such a folder, removed with its owner."""
    folder = make_shipping_folder()
    weakref.finalize(owner, shutil.rmtree, folder, ignore_errors=True)
    return folder


class KeptOnWorker(Generic[Value]):
    """What a worker made of the files that it was sent; the values that were asked for last are kept."""

    def __init__(self, limit: int = KEPT) -> None:
        self._limit, self._lock = limit, threading.Lock()
        self._values: OrderedDict[str, Value] = OrderedDict()

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: str, make: Callable[[], Value]) -> Value:
        """The value under a key, made if it is not there."""
        with self._lock:
            if key not in self._values:
                self._values[key] = make()
            self._values.move_to_end(key)
            while len(self._values) > self._limit:
                self._values.popitem(last=False)
            return self._values[key]
