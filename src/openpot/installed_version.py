"""Versions of installed packages."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version


@cache
def find_installed_version(package: str) -> str:
    """The version of an installed package; ``unknown`` for one that runs from its source without being installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"


__version__ = find_installed_version("openpot")
