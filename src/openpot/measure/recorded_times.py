"""Times that were measured once, in a file: whoever reads them decides as the run that wrote them did."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from openpot.atomic_files import ensure_writable_folder, write_text
from openpot.errors import FileError
from openpot.typing_aliases import StrPath

FORMAT = 1


class RecordedTimes:
    """Numbers by name, all of one model on one machine.

    Args:
        path: the file; it is read if it is there, and written by :meth:`save`. None keeps the times in memory.
        model: a hash of the float model.

    Raises:
        FileError: the file holds no times, or those of another model.
        NotWritableError: its folder takes no files.
    """

    def __init__(self, path: StrPath | None, model: str) -> None:
        self._path = None if path is None else Path(path)
        self._model = model
        self._times: dict[str, list[float]] = {}
        if self._path is not None:
            ensure_writable_folder(self._path.parent)
            if self._path.exists():
                self._times = self._read(self._path)

    def recall(
        self, names: Sequence[str], measure: Callable[[Sequence[str]], Sequence[Sequence[float]]]
    ) -> list[list[float]]:
        """The numbers under each name; ``measure`` is asked for those that are not known yet, all at once."""
        missing = [name for name in names if name not in self._times]
        if missing:
            measured = measure(missing)
            self._times |= {name: [float(x) for x in row] for name, row in zip(missing, measured, strict=True)}
        return [self._times[name] for name in names]

    def save(self) -> None:
        """Write the file, if there is to be one.

        Raises:
            FileError: it cannot be written.
        """
        if self._path is not None:
            content = {"format": FORMAT, "model": self._model, "times": self._times}
            write_text(self._path, json.dumps(content, indent=1) + "\n")

    def _read(self, path: Path) -> dict[str, list[float]]:
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            times = {str(name): [float(value) for value in row] for name, row in content["times"].items()}
            model, version = content["model"], content["format"]
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise FileError(
                f"{str(path)!r} holds no times that openpot recorded: {error!r}; name a new file"
            ) from error
        if version != FORMAT or model != self._model:
            raise FileError(
                f"{str(path)!r} holds times of another model or of another openpot: name another file, or remove it"
            )
        return times
