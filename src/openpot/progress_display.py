"""Progress on standard error: a bar on a terminal, plain lines in a log file."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TextIO, TypeVar, cast

from openpot.broken_pipes import silence
from openpot.progress import Progress, SilentProgress

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress

P = ParamSpec("P")
R = TypeVar("R")


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
        self._total = 0
        self._done = 0
        self._began = 0.0

    def start(self, stage: str, total: int) -> None:
        """Write that the stage begins."""
        self._stage, self._total, self._done, self._began = stage, total, 0, self._clock()
        self._write(f"{stage}...\n" if total == 1 else f"{stage}: {total} steps\n")

    def advance(self, steps: int = 1) -> None:
        """Count the steps."""
        self._done += steps

    def finish(self) -> None:
        """Write that the stage is over."""
        done = "done" if self._done == self._total == 1 else f"{self._done} done"
        self._write(f"{self._stage}: {done} in {self._clock() - self._began:.1f} s\n")


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
    with _bars_on(stream) as bars:
        yield bars


@contextmanager
def default_progress(given: Progress | None) -> Iterator[Progress]:
    """What a caller gave; else bars on a terminal and in a notebook, and nothing elsewhere."""
    is_notebook = "ipykernel" in sys.modules
    if given is not None or not (is_notebook or sys.stderr.isatty()):
        yield given or SilentProgress()
        return
    with _bars_on(None if is_notebook else sys.stderr) as bars:
        yield bars


def shows_progress(function: Callable[P, R]) -> Callable[P, R]:
    """Let a function that takes ``progress`` show its own where the caller gives none."""

    @wraps(function)
    def show(*arguments: P.args, **choices: P.kwargs) -> R:
        with default_progress(cast("Progress | None", choices.get("progress"))) as progress:
            choices["progress"] = progress
            return function(*arguments, **choices)

    return show


@contextmanager
def _bars_on(stream: TextIO | None) -> Iterator[Progress]:
    """Bars of rich; silence where the program shows a display of rich already. None for where rich writes itself."""
    # Imported here: it draws from the global random state.
    from rich.console import Console
    from rich.errors import LiveError
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as RichProgress

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bars = RichProgress(*columns, console=Console(file=stream))
    try:
        bars.start()
    except LiveError:
        yield SilentProgress()
        return
    try:
        yield BarProgress(bars)
    finally:
        bars.stop()
