"""A journal of evaluations: a run that was killed goes on where it was.

One line of JSON for each thing that was found out, appended and flushed to the disk at once. The key of a line is a
hash of everything that the answer depends on, so that a line of another model, of other data or of other settings is
never taken for an answer. A last line that was cut off is ignored.
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
    """Answers by key, on disk if there is a folder.

    Args:
        folder: where the journal is; None keeps it in memory.

    Raises:
        NotWritableError: the folder takes no files.
    """

    def __init__(self, folder: Path | None) -> None:
        self.path = None if folder is None else ensure_writable_folder(folder) / JOURNAL_NAME
        self._known: dict[str, Any] = {}
        self._whole = True
        if self.path is not None and self.path.exists():
            self._read(self.path)

    def __len__(self) -> int:
        return len(self._known)

    def get(self, key: str) -> Any:
        """The answer under a key; None if there is none."""
        return self._known.get(key)

    def forget(self) -> None:
        """Take no answer of earlier runs; they stay in the file."""
        self._known = {}

    def add(self, key: str, answer: Any, about: str) -> None:
        """Note an answer that is not None.

        Args:
            key: what it depends on, from :func:`hash_parts`.
            answer: plain values, all numbers finite.
            about: for people who read the file.

        Raises:
            NotWritableError: the file cannot be written.
        """
        self._known[key] = answer
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
        bad = 0
        for line in lines:
            try:
                entry = json.loads(line)
                self._known[str(entry["key"])] = entry["answer"]
            except (ValueError, KeyError, TypeError):
                bad += 1
        logger.info("%d answer(s) of earlier runs are in %s", len(self._known), path)
        if bad:
            logger.warning("%d line(s) of %s cannot be read and are ignored", bad, path)
