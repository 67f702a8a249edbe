"""The log of a ``pot`` run: lines on standard output, and the same in a file once there is a folder for it."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from openpot.cli.messages import MessageHandler, write_result
from openpot.errors import OpenPotWarning
from openpot.log import get_package_logger
from openpot.printable import make_printable

logger = logging.getLogger(__name__)


class PrintableFormatter(logging.Formatter):
    """Keeps what a terminal would obey out of files that people look at on one."""

    def format(self, record: logging.LogRecord) -> str:
        """One record."""
        return make_printable(super().format(record))


class RunLog:
    """Adds a file to the log of the run that is under way."""

    def __init__(self) -> None:
        self._files: list[logging.Handler] = []

    def write_to(self, path: Path) -> None:
        """Write every line from now on to ``path`` too."""
        handler = logging.FileHandler(path, encoding="utf-8")
        handler.setFormatter(PrintableFormatter(logging.BASIC_FORMAT))
        get_package_logger().addHandler(handler)
        self._files.append(handler)

    def note(self, message: str) -> None:
        """Write a line into the files alone: for what is shown elsewhere."""
        record = logging.LogRecord(logger.name, logging.ERROR, __file__, 0, message, None, None)
        for handler in self._files:
            handler.handle(record)

    def close(self) -> None:
        """Close the files."""
        for handler in self._files:
            get_package_logger().removeHandler(handler)
            handler.close()


@contextmanager
def run_log(level: str, on_console: bool) -> Iterator[RunLog]:
    """Show what the package logs, as ``LEVEL:logger-name:text``, while the context lasts; its warnings too.

    Args:
        level: the lowest level shown.
        on_console: whether lines go to standard output.
    """
    package = get_package_logger()
    before = (package.level, package.propagate)
    console = MessageHandler(write_result)
    console.setFormatter(logging.Formatter(logging.BASIC_FORMAT))
    if on_console:
        package.addHandler(console)
    package.setLevel(level)
    package.propagate = False
    log = RunLog()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always", OpenPotWarning)
            warnings.showwarning = _make_warning_logger()
            yield log
    except Exception as error:
        log.note(f"{type(error).__name__}: {error}")
        raise
    finally:
        log.close()
        package.removeHandler(console)
        package.setLevel(before[0])
        package.propagate = before[1]


def _make_warning_logger() -> Callable[..., None]:
    """Logs a warning unless the same text was logged before."""
    logged: set[str] = set()

    def log_warning(message: Warning | str, *_: object, **__: object) -> None:
        if str(message) not in logged:
            logged.add(str(message))
            logger.warning("%s", message)

    return log_warning
