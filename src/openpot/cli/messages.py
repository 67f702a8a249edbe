"""What a command prints: results on standard output, messages and warnings as plain lines on standard error.

Nobody has to read it to the end: where a reader has gone (``| head``), what is left is dropped and the command goes on.
"""

from __future__ import annotations

import json
import logging
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from openpot.broken_pipes import silence
from openpot.errors import OpenPotWarning
from openpot.log import get_package_logger
from openpot.printable import make_printable

if TYPE_CHECKING:
    from pathlib import Path

    from openpot.report.benchmark_result import BenchmarkResult
    from openpot.report.comparison import Comparison
    from openpot.report.evaluation import Evaluation
    from openpot.report.inspection import Inspection
    from openpot.report.sensitivity_result import Sensitivity


@contextmanager
def messages_on_stderr(debug: bool) -> Iterator[None]:
    """Show what the package tells while the context lasts.

    Args:
        debug: show all log messages, not only warnings.
    """
    handler = MessageHandler()
    handler.setFormatter(logging.Formatter("%(levelname)s: %(message)s"))
    logger = get_package_logger()
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG if debug else logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always", OpenPotWarning)
            warnings.showwarning = show_warning
            yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


@contextmanager
def warnings_unless_reported() -> Iterator[set[str]]:
    """Show the warnings of this block at its end, but for the texts that are put into the set meanwhile."""
    reported: set[str] = set()
    caught: list[warnings.WarningMessage] = []
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", OpenPotWarning)
            yield reported
    finally:
        for entry in caught:
            if str(entry.message) not in reported:
                warnings.warn_explicit(entry.message, entry.category, entry.filename, entry.lineno)


def show_warning(message: Warning | str, *_: object, **__: object) -> None:
    """A warning without its place in the source."""
    write_message(f"warning: {message}")


class MessageHandler(logging.Handler):
    """Writes log records as messages, or with another function."""

    def __init__(self, write: Callable[[str], None] | None = None) -> None:
        super().__init__()
        self._write = write or write_message

    def emit(self, record: logging.LogRecord) -> None:
        """Write one."""
        self._write(self.format(record))


def write_result(text: object) -> None:
    """Write to standard output, safe to be shown on a terminal."""
    _write(text, is_message=False)


def write_record(
    record: BenchmarkResult | Comparison | Evaluation | Inspection | Sensitivity, model: Path, as_json: bool
) -> None:
    """Write what was found out about a model, under the name that it was called by, as text or as JSON."""
    named = replace(record, model=str(model))
    write_result(json.dumps(named.to_dict(), indent=2) if as_json else str(named))


def write_message(text: object) -> None:
    """Write to standard error, safe to be shown on a terminal."""
    _write(text, is_message=True)


def _write(text: object, is_message: bool) -> None:
    stream = sys.stderr if is_message else sys.stdout
    try:
        typer.echo(make_printable(str(text)), err=is_message)
        stream.flush()
    except BrokenPipeError:
        silence(stream)
