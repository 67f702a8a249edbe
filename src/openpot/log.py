"""The logger of the package, silent until the host application or the command line adds a handler, and its warnings."""

from __future__ import annotations

import inspect
import logging
import warnings

from openpot.errors import OpenPotWarning

PACKAGE_LOGGER = "openpot"


def get_package_logger() -> logging.Logger:
    """The root of all openpot loggers."""
    return logging.getLogger(PACKAGE_LOGGER)


get_package_logger().addHandler(logging.NullHandler())


def warn_caller(message: str) -> None:
    """Warn at the line outside of openpot that led here.

    Warns:
        OpenPotWarning: with ``message``.
    """
    frame, levels = inspect.currentframe(), 0
    while frame is not None and str(frame.f_globals.get("__name__", "")).startswith(f"{PACKAGE_LOGGER}."):
        frame, levels = frame.f_back, levels + 1
    warnings.warn(message, OpenPotWarning, stacklevel=levels + 1)
