"""A journal of answers that took time to find, with which a run that was killed goes on where it was.

Each answer is one line of JSON, appended and flushed to the disk at once; its arrays, if it has any, are in an ``.npz``
file beside it that is complete before the line is written. The key of an answer is a hash of everything that it depends
on, so that those of another model, of other data or of other options are never used. A line that was cut off or altered
is ignored, and so is one whose arrays are not those that were written. In memory is only where each line begins.
"""

from __future__ import annotations

import hashlib
import io
import json
import logging
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from openpot.atomic_files import ensure_writable_folder, explain_failed_write, flush_to_disk, write_bytes
from openpot.errors import FileError, NotWritableError
from openpot.typing_aliases import Array

logger = logging.getLogger(__name__)

JOURNAL_NAME = "journal.jsonl"
_ARRAY, _TUPLE, _PAIRS = "array of the npz", "tuple", "pairs of a dict"
"""``{"array of the npz": n}`` stands for the n-th array of an answer, ``{"tuple": [...]}`` for a tuple, and
``{"pairs of a dict": [[key, value], ...]}`` for a dict whose keys are no texts."""
_MARKS = ({_ARRAY}, {_TUPLE}, {_PAIRS})


def hash_parts(*parts: Any) -> str:
    """A hash of plain values and arrays: texts, numbers, lists and dicts of them."""
    text = json.dumps(parts, sort_keys=True, default=_describe_part)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _describe_part(part: Any) -> str:
    if isinstance(part, np.ndarray | np.generic):
        array = np.ascontiguousarray(part)
        return f"{array.dtype.str} {np.shape(part)} {hashlib.sha256(array.tobytes()).hexdigest()}"
    return str(part)


class Journal:
    """Answers by key, on disk if there is a folder.

    Args:
        folder: where the journal is; None keeps it in memory.
        name: of its file.

    Raises:
        NotWritableError: the folder takes no files.
    """

    def __init__(self, folder: Path | None, name: str = JOURNAL_NAME) -> None:
        self.path = None if folder is None else ensure_writable_folder(folder) / name
        self._places: dict[str, int] = {}
        self._in_memory: dict[str, Any] = {}
        self._whole = True
        if self.path is not None and self.path.exists():
            self._read(self.path)

    def __len__(self) -> int:
        return len(self._places.keys() | self._in_memory.keys())

    def get(self, key: str) -> Any:
        """The answer under a key; None if there is none."""
        if key in self._in_memory:
            return self._in_memory[key]
        if self.path is None or key not in self._places:
            return None
        try:
            with self.path.open("rb") as file:
                file.seek(self._places[key])
                entry = _parse_line(file.readline())
            return _put_arrays_in(entry["answer"], _read_arrays(self.path, entry))
        except (OSError, ValueError):
            logger.warning("an entry of %s, or its arrays, are not those that were written: it is ignored", self.path)
            return None

    def forget(self) -> None:
        """Use no answer of earlier runs; they stay in the file."""
        self._places, self._in_memory = {}, {}

    def add(self, key: str, answer: Any, about: str) -> None:
        """Record an answer that is not None.

        Args:
            key: what it depends on, from :func:`hash_parts`.
            answer: plain values and arrays.
            about: for people who read the file.

        Raises:
            FileError: the journal cannot be written; this process has the answer all the same.
            TypeError: the answer holds other objects.
        """
        arrays: list[Array] = []
        plain = _take_arrays_out(answer, arrays)
        if self.path is None:
            self._in_memory[key] = answer
            return
        entry = {"key": key, "about": about, "answer": plain}
        try:
            if arrays:
                entry["arrays"] = _write_arrays(_arrays_file(self.path, key), arrays)
            self._places[key] = self._append(self.path, json.dumps({**entry, "digest": _digest(entry)}))
        except FileError:
            self._in_memory[key] = answer
            raise

    def _append(self, path: Path, line: str) -> int:
        """Write a line; returns where it begins."""
        separator = "" if self._whole else "\n"
        try:
            with path.open("ab") as file:
                start = file.tell() + len(separator)
                file.write(f"{separator}{line}\n".encode())
                flush_to_disk(file)
        except OSError as error:
            self._whole = False
            reason = explain_failed_write(error, path.parent, len(line))
            raise NotWritableError(f"cannot write the journal {str(path)!r}: {reason}") from error
        self._whole = True
        return start

    def _read(self, path: Path) -> None:
        """Find out where the lines are; what they hold stays on the disk."""
        unreadable = start = 0
        try:
            with path.open("rb") as file:
                for line in file:
                    try:
                        self._places[_parse_line(line)["key"]] = start
                    except ValueError:
                        unreadable += 1
                    start += len(line)
                    self._whole = line.endswith(b"\n")
        except OSError as error:
            raise FileError(f"cannot read the journal {str(path)!r}: {error.strerror}") from error
        logger.info("%d result(s) of earlier runs are in %s", len(self), path)
        if unreadable:
            logger.warning("%d line(s) of %s cannot be read and are ignored", unreadable, path)


def _parse_line(line: bytes) -> dict[str, Any]:
    """An entry.

    Raises:
        ValueError: the line was cut off or altered.
    """
    try:
        entry: dict[str, Any] = json.loads(line)
        if entry.pop("digest") == _digest(entry):
            return {"key": str(entry["key"]), "answer": entry["answer"], "arrays": str(entry.get("arrays", ""))}
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(str(error)) from error
    raise ValueError("the digest is another one")


def _read_arrays(journal: Path, entry: Mapping[str, Any]) -> Mapping[str, Array]:
    """The arrays of an entry.

    Raises:
        OSError: the file is not there.
        ValueError: it is not the one that was written.
    """
    if not entry["arrays"]:
        return {}
    content = _arrays_file(journal, entry["key"]).read_bytes()
    if hashlib.sha256(content).hexdigest() != entry["arrays"]:
        raise ValueError("the digest is another one")
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return dict(arrays)


def _digest(entry: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(entry).encode()).hexdigest()[:16]


def _arrays_file(journal: Path, key: str) -> Path:
    return journal.with_name(f"{key}.npz")


def _write_arrays(path: Path, arrays: list[Array]) -> str:
    """Write arrays whole or not at all; returns the SHA-256 of the file."""
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **{str(number): array for number, array in enumerate(arrays)})
    content = buffer.getvalue()
    write_bytes(path, content)
    return hashlib.sha256(content).hexdigest()


def _take_arrays_out(value: Any, arrays: list[Array]) -> Any:
    """``value`` in plain JSON; its arrays are appended to ``arrays`` and stand there by number.

    Raises:
        TypeError: it holds something that cannot be recorded.
    """
    take = partial(_take_arrays_out, arrays=arrays)
    match value:
        case np.ndarray() | np.generic():
            arrays.append(np.asarray(value))
            return {_ARRAY: len(arrays) - 1}
        case dict() if all(isinstance(key, str) for key in value) and value.keys() not in _MARKS:
            return {key: take(entry) for key, entry in value.items()}
        case dict():
            return {_PAIRS: [[take(key), take(entry)] for key, entry in value.items()]}
        case tuple():
            return {_TUPLE: [take(entry) for entry in value]}
        case list():
            return [take(entry) for entry in value]
        case str() | bool() | int() | float() | None:
            return value
    raise TypeError(f"a {type(value).__name__} cannot be recorded")


def _put_arrays_in(value: Any, arrays: Mapping[str, Array]) -> Any:
    """The reverse of :func:`_take_arrays_out`."""
    put = partial(_put_arrays_in, arrays=arrays)
    match value:
        case list():
            return [put(entry) for entry in value]
        case dict() if value.keys() == {_ARRAY}:
            return arrays[str(value[_ARRAY])]
        case dict() if value.keys() == {_TUPLE}:
            return tuple(put(entry) for entry in value[_TUPLE])
        case dict() if value.keys() == {_PAIRS}:
            return {put(key): put(entry) for key, entry in value[_PAIRS]}
        case dict():
            return {key: put(entry) for key, entry in value.items()}
    return value
