"""The warnings of a run for its record."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from openpot.errors import OpenPotWarning, StageFailedWarning
from openpot.report.records import FailedStage


@dataclass
class ReportedWarnings:
    """What was warned of.

    Attributes:
        texts: of openpot's warnings.
        failed_stages: stages that failed without ending the run.
    """

    texts: list[str] = field(default_factory=list)
    failed_stages: list[FailedStage] = field(default_factory=list)


_Place = tuple[Warning, type[Warning], str, int]
_caught: ContextVar[list[_Place] | None] = ContextVar("caught", default=None)
"""Where the warnings of this run go; threads that a run starts on a copy of its context share it."""


class _Redirection:
    """Replaces ``warnings.showwarning`` while runs are under way: Python has one for all threads, each run its list."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._num_runs = 0
        self._filters = warnings.catch_warnings()
        self._show: Any = None

    def begin(self) -> None:
        """A run begins."""
        with self._lock:
            self._num_runs += 1
            if self._num_runs > 1:
                return
            self._filters = warnings.catch_warnings()
            self._filters.__enter__()
            warnings.simplefilter("always", OpenPotWarning)
            self._show, warnings.showwarning = warnings.showwarning, self._redirect

    def end(self) -> None:
        """A run ends; after the last one everything is as it was before the first."""
        with self._lock:
            self._num_runs -= 1
            if not self._num_runs:
                self._filters.__exit__(None, None, None)

    def _redirect(self, message: Any, category: Any, filename: str, lineno: int, *others: Any, **more: Any) -> None:
        caught = _caught.get()
        if caught is None:
            self._show(message, category, filename, lineno, *others, **more)
        else:
            caught.append((message, category, filename, lineno))


_redirection = _Redirection()


@contextmanager
def reported_warnings() -> Iterator[ReportedWarnings]:
    """Collect openpot's warnings; at the end all warnings are given to Python as usual.

    Runs in several threads keep theirs apart.
    """
    reported = ReportedWarnings()
    caught: list[_Place] = []
    _redirection.begin()
    token = _caught.set(caught)
    try:
        yield reported
    finally:
        _caught.reset(token)
        _redirection.end()
        messages = [message for message, *_ in caught]
        reported.texts += [str(message) for message in messages if isinstance(message, OpenPotWarning)]
        failed = (message for message in messages if isinstance(message, StageFailedWarning))
        reported.failed_stages += [FailedStage(stage.stage, stage.reason) for stage in failed]
        for entry in caught:
            warnings.warn_explicit(*entry)


def drop_repeated(*texts: Iterable[str]) -> tuple[str, ...]:
    """All texts in their order, each once."""
    return tuple(dict.fromkeys(chain(*texts)))
