"""The warnings of a run as texts for its record."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from openpot.errors import OpenPotWarning


@contextmanager
def collect_warnings() -> Iterator[list[str]]:
    """Collect the texts of openpot's warnings; at the end all warnings are given to Python as usual."""
    texts: list[str] = []
    caught: list[warnings.WarningMessage] = []
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", OpenPotWarning)
            yield texts
    finally:
        texts += [str(entry.message) for entry in caught if issubclass(entry.category, OpenPotWarning)]
        for entry in caught:
            warnings.warn_explicit(entry.message, entry.category, entry.filename, entry.lineno)
