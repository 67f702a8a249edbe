"""A journal of evaluations, with which a run that was killed continues where it was.

Each result is one line of JSON, appended and flushed to the disk at once. The key of a line is a hash of everything
that the result depends on, so that results of another model, of other data or of other settings are never used. A last
line that was cut off is ignored.
"""

from __future__ import annotations

import hashlib
import json
import logging
from pathlib import Path
from typing import Any

from openpot.atomic_files import ensure_writable_folder, flush_to_disk
from openpot.errors import NotWritableError

logger = logging.getLogger(__name__)

JOURNAL_NAME = "accuracy_aware_journal.jsonl"


def hash_parts(*parts: Any) -> str:
    """A hash of plain values: texts, numbers, lists and dicts of them."""
    text = json.dumps(parts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


class EvaluationJournal:
    """Results by key, on disk if there is a folder.

    Args:
        folder: where the journal is; None keeps it in memory.

    Raises:
        NotWritableError: the folder takes no files.
    """

    def __init__(self, folder: Path | None) -> None:
        self.path = None if folder is None else ensure_writable_folder(folder) / JOURNAL_NAME
        self._entries: dict[str, Any] = {}
        self._whole = True
        if self.path is not None and self.path.exists():
            self._read(self.path)

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: str) -> Any:
        """The result under a key; None if there is none."""
        return self._entries.get(key)

    def forget(self) -> None:
        """Use no result of earlier runs; they stay in the file."""
        self._entries = {}

    def add(self, key: str, answer: Any, about: str) -> None:
        """Record a result that is not None.

        Args:
            key: what it depends on, from :func:`hash_parts`.
            answer: plain values, all numbers finite.
            about: for people who read the file.

        Raises:
            NotWritableError: the file cannot be written.
        """
        self._entries[key] = answer
        if self.path is None:
            return
        line = json.dumps({"key": key, "about": about, "answer": answer}, allow_nan=False)
        try:
            with self.path.open("ab") as file:
                file.write((("" if self._whole else "\n") + line + "\n").encode())
                flush_to_disk(file)
        except OSError as error:
            raise NotWritableError(f"cannot write the journal {str(self.path)!r}: {error.strerror}") from error
        self._whole = True

    def _read(self, path: Path) -> None:
        lines = path.read_bytes().splitlines(keepends=True)
        self._whole = not lines or lines[-1].endswith(b"\n")
        unreadable = 0
        for line in lines:
            try:
                entry = json.loads(line)
                self._entries[str(entry["key"])] = entry["answer"]
            except (ValueError, KeyError, TypeError):
                unreadable += 1
        logger.info("%d result(s) of earlier runs are in %s", len(self._entries), path)
        if unreadable:
            logger.warning("%d line(s) of %s cannot be read and are ignored", unreadable, path)
