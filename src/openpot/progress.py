"""Progress of a long step, reported to whoever wants to show it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol


class Progress(Protocol):
    """Receives the progress of one stage after another; implementations must be cheap."""

    def start(self, stage: str, total: int) -> None:
        """A stage begins that has ``total`` steps."""

    def advance(self, steps: int = 1) -> None:
        """So many steps of the current stage are done."""

    def finish(self) -> None:
        """The current stage is over."""


class SilentProgress:
    """Shows nothing: the default of the library."""

    def start(self, stage: str, total: int) -> None:
        """Ignore the stage."""

    def advance(self, steps: int = 1) -> None:
        """Ignore the steps."""

    def finish(self) -> None:
        """Ignore the end."""


class StageMemory:
    """Passes everything on, and remembers which stage began last.

    Attributes:
        stage: its name; ``preparing`` before the first.
    """

    def __init__(self, shown: Progress | None = None) -> None:
        self._shown = shown or SilentProgress()
        self.stage = "preparing"

    def start(self, stage: str, total: int) -> None:
        """Remember the stage and pass it on."""
        self.stage = stage
        self._shown.start(stage, total)

    def advance(self, steps: int = 1) -> None:
        """Pass the steps on."""
        self._shown.advance(steps)

    def finish(self) -> None:
        """Pass the end on."""
        self._shown.finish()


@contextmanager
def stage(progress: Progress, name: str) -> Iterator[None]:
    """A stage that is one step long."""
    progress.start(name, 1)
    try:
        yield
        progress.advance()
    finally:
        progress.finish()


_CURRENT: ContextVar[Progress | None] = ContextVar("progress", default=None)


@contextmanager
def reporting_to(progress: Progress) -> Iterator[None]:
    """What runs inside may report its stages with :func:`current_progress`: searches within an algorithm."""
    token = _CURRENT.set(progress)
    try:
        yield
    finally:
        _CURRENT.reset(token)


def current_progress() -> Progress:
    """Who is informed of what runs now; nobody, unless :func:`reporting_to` says so."""
    return _CURRENT.get() or SilentProgress()
