"""The files of a saved result, and whether they are those that were saved: ``run.json`` holds their SHA-256."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from openpot.errors import FileError, MissingFileError, ModelError

if TYPE_CHECKING:
    from openpot.typing_aliases import StrPath

STEM = "model"
"""Of the files of a saved model."""
REPORT = "report.html"
RUN_RECORD = "run.json"


def hash_file(path: Path) -> str:
    """The SHA-256 of a file in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verify_saved(folder: StrPath) -> dict[str, str]:
    """Check every file that the record of a saved result names.

    Returns:
        The SHA-256 of each file by its name.

    Raises:
        MissingFileError: There is no record, or a file that it names is not there.
        ModelError: A file is not the one that was saved.
        FileError: The record cannot be read or names no files.
    """
    home = Path(folder)
    if not (home / RUN_RECORD).is_file():
        raise MissingFileError(f"there is no {RUN_RECORD} in {str(home)!r}: expected the folder of a saved result")
    digests = _read_digests(home)
    if not digests:
        raise FileError(f"{str(home / RUN_RECORD)!r} names no files with their SHA-256: it is no record of a result")
    for name in digests:
        if not (home / name).is_file():
            raise MissingFileError(f"there is no file {str(home / name)!r}, which {RUN_RECORD} names: save it again")
        require_unaltered(home / name)
    return digests


def require_unaltered(path: Path) -> None:
    """Check a file against the record beside it; one that no record names passes.

    Raises:
        ModelError: It is not the file that was saved.
    """
    try:
        expected = _read_digests(path.parent).get(path.name)
    except FileError:
        return
    if expected is not None and path.is_file() and hash_file(path) != expected:
        raise ModelError(
            f"{str(path)!r} is not the file that was saved: its SHA-256 differs from that in {RUN_RECORD} beside it. "
            f"Save the result again, or remove {RUN_RECORD} if the change was meant"
        )


def _read_digests(folder: Path) -> dict[str, str]:
    """The digests of a record by name; empty if it has none.

    Raises:
        FileError: The record cannot be read.
    """
    path = folder / RUN_RECORD
    if not path.is_file():
        return {}
    try:
        files = json.loads(path.read_bytes())["files"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FileError(f"{str(path)!r} is no record of a saved result: {type(error).__name__}: {error}") from error
    if not isinstance(files, Mapping):
        raise FileError(f"{str(path)!r} is no record of a saved result: its files are {files!r:.100}")
    return {str(name): str(digest) for name, digest in files.items() if Path(name).name == name}
