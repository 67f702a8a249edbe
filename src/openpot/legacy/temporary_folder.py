"""A temporary folder that cleans up after itself."""

from __future__ import annotations

import tempfile
from pathlib import Path

from openpot.errors import FileError


def create_tmp_dir(parent_dir: str | Path | None = None) -> tempfile.TemporaryDirectory[str]:
    """A fresh folder below ``parent_dir`` (the system's temporary folder if None), removed with the returned object.

    Raises:
        FileError: the folder cannot be created there.
    """
    try:
        return tempfile.TemporaryDirectory(dir=parent_dir)
    except OSError as error:
        raise FileError(
            f"no temporary folder can be created below {parent_dir or tempfile.gettempdir()}: {error}"
        ) from error
