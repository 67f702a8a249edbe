"""Log messages and warnings of the package as plain lines on standard error, for the time of a command."""

from __future__ import annotations

import logging
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from openpot.errors import OpenPotWarning
from openpot.log import get_package_logger


@contextmanager
def messages_on_stderr(debug: bool) -> Iterator[None]:
    """Show what the package tells while the context lasts.

    Args:
        debug: show all log messages, not only warnings.
    """
    handler = logging.StreamHandler(sys.stderr)
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


def show_warning(message: Warning | str, *_: object, **__: object) -> None:
    """A warning without its place in the source."""
    typer.echo(f"warning: {message}", err=True)
