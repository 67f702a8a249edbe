"""POT's logger module: ``init_logger``, ``get_logger`` and ``stdout_redirect``.

Loggers handed out here live in a tree of their own, as POT's did: nothing that a script does with them reaches Python's
root logger. ``init_logger`` also shows what openpot itself logs (the logger ``openpot`` and everything below it).
"""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, ParamSpec, TextIO, TypeVar

from openpot.log import get_package_logger

P = ParamSpec("P")
R = TypeVar("R")


class RegularLogger(logging.Logger):
    """A logger with the attributes that POT's progress bar needed; the bar itself is part of the command line."""

    progress_bar_disabled = True

    def update_progress(self, value: float) -> None:
        """Do nothing: there is no bar to move."""

    def reset_progress_total(self, total: float, increase_percent: float) -> None:
        """Do nothing: there is no bar to stretch."""

    def info(self, msg: object, *args: Any, force: bool = False, **kwargs: Any) -> None:
        """Log at level INFO; ``force`` once told the progress bar to show the message and changes nothing here."""
        del force
        if self.isEnabledFor(logging.INFO):
            # The caller's line is meant, not this one.
            self._log(logging.INFO, msg, args, **{"stacklevel": 2, **kwargs})


class _LoggerTree:
    """A root, a manager and whether ``init_logger`` has run."""

    def __init__(self) -> None:
        self.root = RegularLogger("root", logging.WARNING)
        # logging.Manager asks for a RootLogger and uses only what every logger has.
        self.manager = logging.Manager(self.root)  # type: ignore[arg-type]
        self.manager.setLoggerClass(RegularLogger)
        self.is_initialized = False

    def get(self, name: str | None) -> RegularLogger:
        if not name:
            return self.root
        logger = self.manager.getLogger(name)
        assert isinstance(logger, RegularLogger)  # noqa: S101 - the manager's own logger class
        return logger


_tree = _LoggerTree()


def init_logger(
    level: str | int = "INFO",
    stream: TextIO | None = None,
    file_name: str | Path | None = None,
    progress_bar: bool = False,
) -> None:
    """Show log lines of this module's loggers and of openpot, as ``LEVEL:logger-name:text``.

    Only the first call has an effect. The logger ``openpot`` stops handing its records to Python's root logger, so that
    a script which also calls ``logging.basicConfig`` does not see every line twice.

    Args:
        level: the lowest level shown.
        stream: where lines go, ``sys.stdout`` if None.
        file_name: a file that gets the lines too.
        progress_bar: write no lines to ``stream``.
    """
    if _tree.is_initialized:
        return
    _tree.is_initialized = True
    handlers: list[logging.Handler] = [logging.FileHandler(file_name)] if file_name else []
    if not progress_bar:
        handlers.append(logging.StreamHandler(sys.stdout if stream is None else stream))
    for logger in (_tree.root, get_package_logger()):
        logger.setLevel(level)
        for handler in handlers:
            handler.setFormatter(logging.Formatter(logging.BASIC_FORMAT))
            logger.addHandler(handler)
    get_package_logger().propagate = False


def get_logger(name: str | None) -> RegularLogger:
    """The logger called ``name`` of the separate tree; its root for an empty name."""
    return _tree.get(name)


def stdout_redirect(fn: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call ``fn`` with its output to stdout and stderr captured and logged at level DEBUG; returns what it returns."""
    with io.StringIO() as captured, redirect_stdout(captured), redirect_stderr(captured):
        try:
            return fn(*args, **kwargs)
        finally:
            if captured.getvalue():
                get_logger("DEBUG").debug(captured.getvalue())
