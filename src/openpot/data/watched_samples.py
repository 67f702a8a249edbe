"""Samples that take long to load are named while they do, and given up where there is a limit."""

from __future__ import annotations

import contextvars
import logging
import queue
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic
from typing import Any, TypeVar

from openpot.errors import ConfigError, DataError, OpenPotWarning

T = TypeVar("T")

logger = logging.getLogger(__name__)

FIRST_NOTICE_SECONDS = 30.0
"""Hardly any sample takes longer, and hardly anybody waits longer before wondering. Repeated at twice the time."""
_POLL_SECONDS = 0.5

_watch: ContextVar[SampleWatch | None] = ContextVar("_watch", default=None)


def check_sample_timeout(seconds: Any) -> float | None:
    """A limit of time for one sample.

    Raises:
        ConfigError: it is not a number above 0.
    """
    if seconds is None:
        return None
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not seconds > 0:
        raise ConfigError(f"sample_timeout must be a number of seconds above 0, or None for no limit, got {seconds!r}")
    return float(seconds)


@contextmanager
def watched_samples(limit: float | None = None) -> Iterator[None]:
    """While the context lasts, samples that take long are named in an :class:`OpenPotWarning`.

    Args:
        limit: seconds after which a sample is given up (:class:`DataError`); samples are then loaded on a thread of
            their own. None: as the context around this one says, else no limit.
    """
    if limit is None and _watch.get() is not None:
        yield
        return
    watch = SampleWatch(limit)
    token = _watch.set(watch)
    watch.begin()
    try:
        yield
    finally:
        watch.end()
        _watch.reset(token)


def load_watched(name: str, load: Callable[[], T]) -> T:
    """What ``load`` returns.

    Args:
        name: what is loaded: ``sample 3``.
        load: loads it.

    Raises:
        DataError: it took longer than the limit.
    """
    watch = _watch.get()
    return load() if watch is None else watch.run(name, load)


class SampleWatch:
    """Looks at what is being loaded from a thread of its own.

    Args:
        limit: seconds for one sample; None for no limit.
    """

    def __init__(self, limit: float | None) -> None:
        self._limit = limit
        self._under_way: dict[int, tuple[str, float]] = {}
        self._workers: dict[int, _Worker] = {}
        self._ended = threading.Event()

    def begin(self) -> None:
        """Start looking."""
        # A new thread has an empty context: what it warns of is shown at once, not kept for the end of the run.
        threading.Thread(
            target=contextvars.Context().run, args=(self._look,), name="openpot-watch", daemon=True
        ).start()

    def end(self) -> None:
        """Stop looking."""
        self._ended.set()
        for worker in self._workers.values():
            worker.end()

    def run(self, name: str, load: Callable[[], T]) -> T:
        """What ``load`` returns, within the limit."""
        thread = threading.get_ident()
        outer = self._under_way.get(thread)  # a loader that asks another one
        self._under_way[thread] = (name, monotonic())
        try:
            return load() if self._limit is None else self._run_limited(thread, name, load, self._limit)
        finally:
            if outer is None:
                del self._under_way[thread]
            else:
                self._under_way[thread] = outer

    def _run_limited(self, thread: int, name: str, load: Callable[[], T], limit: float) -> T:
        worker = self._workers.get(thread) or _Worker()
        self._workers[thread] = worker
        try:
            return worker.run(load, limit)  # type: ignore[no-any-return]
        except queue.Empty:
            self._workers.pop(thread).end()  # when it comes back, if ever
            raise DataError(
                f"{name}: the data loader did not return it within {limit:g} s (sample_timeout): does it wait for a "
                "lock, a network or another process? Mend the loader, leave the sample out, or raise the limit"
            ) from None

    def _look(self) -> None:
        notices: dict[tuple[str, float], float] = {}
        while not self._ended.wait(_POLL_SECONDS):
            for load in list(self._under_way.values()):
                name, start = load
                waited = monotonic() - start
                if waited >= notices.get(load, FIRST_NOTICE_SECONDS):
                    notices[load] = 2 * waited
                    self._warn(name, waited)

    def _warn(self, name: str, seconds: float) -> None:
        text = f"{name} has been loading for {seconds:.0f} s: the data loader is slow, or hangs"
        if self._limit is None:
            text += "; sample_timeout (--sample-timeout) sets a limit of seconds for each sample"
        try:
            warnings.warn(text, OpenPotWarning, stacklevel=1)
        except OpenPotWarning:  # warnings are errors here, and nobody would see one on this thread
            logger.warning(text)


class _Worker:
    """A thread that does one thing after the other and may be left behind: it does not keep the process alive."""

    def __init__(self) -> None:
        self._wanted: queue.SimpleQueue[Callable[[], Any] | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[tuple[bool, Any]] = queue.SimpleQueue()
        threading.Thread(target=self._work, name="openpot-sample", daemon=True).start()

    def run(self, load: Callable[[], Any], limit: float) -> Any:
        context = contextvars.copy_context()
        self._wanted.put(lambda: context.run(load))
        is_result, value = self._done.get(timeout=limit)
        if is_result:
            return value
        raise value

    def end(self) -> None:
        self._wanted.put(None)

    def _work(self) -> None:
        while (load := self._wanted.get()) is not None:
            try:
                self._done.put((True, load()))
            except BaseException as error:
                self._done.put((False, error))
