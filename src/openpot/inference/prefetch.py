"""Preparing the next samples on another thread while the device works on the current ones."""

from __future__ import annotations

import contextlib
import contextvars
import queue
import threading
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Generic, TypeVar

T = TypeVar("T")

_PATIENCE_SECONDS = 0.1
_JOIN_SECONDS = 5.0


class Prefetch(Generic[T]):
    """Iterates over ``source`` on a thread of its own, at most ``depth`` results ahead of the reader.

    Used as a context manager: at its end the thread is stopped, whatever happened. What ``source`` raises is raised to
    the reader, after the results before it. ``source`` is only ever touched by the one thread.
    """

    def __init__(self, source: Iterable[T], depth: int) -> None:
        self._source = source
        self._results: queue.Queue[tuple[bool, T | BaseException | None]] = queue.Queue(max(1, depth))
        self._stopped = threading.Event()
        context = contextvars.copy_context()
        self._thread = threading.Thread(target=context.run, args=(self._work,), name="openpot-prefetch", daemon=True)

    def __enter__(self) -> Iterator[T]:
        self._thread.start()
        return self._read()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()
        with contextlib.suppress(queue.Empty):
            while True:
                self._results.get_nowait()
        # A loader that hangs must not hang the program: the thread is a daemon and is left behind then.
        self._thread.join(_JOIN_SECONDS)

    def _read(self) -> Iterator[T]:
        while True:
            is_result, value = self._results.get()
            if is_result:
                yield value  # type: ignore[misc]  # marked as a result by the thread
            elif isinstance(value, BaseException):
                raise value
            else:
                return

    def _work(self) -> None:
        try:
            for result in self._source:
                if not self._put((True, result)):
                    return
        except BaseException as error:
            self._put((False, error))
        else:
            self._put((False, None))

    def _put(self, entry: tuple[bool, T | BaseException | None]) -> bool:
        """Hand over a result; False if nobody reads any more."""
        while not self._stopped.is_set():
            with contextlib.suppress(queue.Full):
                self._results.put(entry, timeout=_PATIENCE_SECONDS)
                return True
        return False
