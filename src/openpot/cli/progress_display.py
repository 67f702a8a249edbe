"""Progress on standard error: a bar on a terminal, plain lines in a log file."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from openpot.cli.messages import silence
from openpot.progress import Progress

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress


class BarProgress:
    """One bar per stage, drawn by rich."""

    def __init__(self, bars: RichProgress) -> None:
        self._bars = bars
        self._current = bars.add_task("", visible=False)

    def start(self, stage: str, total: int) -> None:
        """Show a bar for the stage."""
        self._current = self._bars.add_task(stage, total=total)

    def advance(self, steps: int = 1) -> None:
        """Move the bar on."""
        self._bars.advance(self._current, steps)

    def finish(self) -> None:
        """Leave the bar as it is, marked as ended."""
        self._bars.stop_task(self._current)


class LineProgress:
    """One line when a stage begins and one when it ends, with its duration: for logs and pipes."""

    def __init__(self, write: Callable[[str], object], clock: Callable[[], float] = time.monotonic) -> None:
        self._write = write
        self._clock = clock
        self._stage = ""
        self._done = 0
        self._began = 0.0

    def start(self, stage: str, total: int) -> None:
        """Write that the stage begins."""
        self._stage, self._done, self._began = stage, 0, self._clock()
        self._write(f"{stage}: {total} steps\n")

    def advance(self, steps: int = 1) -> None:
        """Count the steps."""
        self._done += steps

    def finish(self) -> None:
        """Write that the stage is over."""
        self._write(f"{self._stage}: {self._done} done in {self._clock() - self._began:.1f} s\n")


@contextmanager
def progress_on(stream: TextIO) -> Iterator[Progress]:
    """A progress display on ``stream`` that ends with the context, also when it ends with an error."""

    def write_line(line: str) -> None:
        try:
            stream.write(line)
            stream.flush()
        except BrokenPipeError:  # nobody reads it any more
            silence(stream)

    if not stream.isatty():
        yield LineProgress(write_line)
        return
    # Imported here: it draws from the global random state.
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as RichProgress

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with RichProgress(*columns, console=Console(file=stream)) as bars:
        yield BarProgress(bars)
