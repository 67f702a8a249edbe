"""Importing what an extra brings, only when it is needed."""

from __future__ import annotations

import importlib
from typing import Any

from openpot.errors import MissingExtraError


def import_extra(module: str, package: str, extra: str, purpose: str) -> Any:
    """The module of an optional dependency.

    Args:
        module: its dotted name.
        package: the distribution that holds it.
        extra: the extra of openpot that brings the distribution.
        purpose: what needs it, for the message.

    Raises:
        MissingExtraError: it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingExtraError(
            f"{purpose} needs the package {package}, which is not installed: pip install 'openpot[{extra}]'"
        ) from error
