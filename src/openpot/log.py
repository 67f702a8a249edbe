"""The logger of the package: silent until the host application or the command line adds a handler."""

from __future__ import annotations

import logging

PACKAGE_LOGGER = "openpot"


def package_logger() -> logging.Logger:
    """The root of all openpot loggers."""
    return logging.getLogger(PACKAGE_LOGGER)


package_logger().addHandler(logging.NullHandler())
