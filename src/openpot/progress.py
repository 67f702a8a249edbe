"""Progress of a long step, reported to whoever wants to show it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def stage(progress: Progress, name: str) -> Iterator[None]:
    """A stage that is one step long."""
    progress.start(name, 1)
    try:
        yield
        progress.advance()
    finally:
        progress.finish()
