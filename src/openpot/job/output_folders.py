"""Where a run of ``pot`` writes: a folder of its own for each run, or one that the user names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from openpot.atomic_files import ensure_writable_folder
from openpot.typing_aliases import StrPath


@dataclass(frozen=True)
class OutputFolders:
    """The folders of one run.

    Attributes:
        home: holds everything, ``log.txt`` and what algorithms leave behind.
    """

    home: Path

    @property
    def models(self) -> Path:
        """Holds the result."""
        return self.home / "optimized"

    @property
    def log(self) -> Path:
        """The log file."""
        return self.home / "log.txt"


def make_output_folders(
    output_dir: StrPath, name: str, algorithms: Sequence[str], now: datetime, direct: bool = False
) -> OutputFolders:
    """Make ``<output_dir>/<name>_<Algorithm>.../<time>``, or use ``output_dir`` itself, and prove that it takes files.

    Args:
        output_dir: above all runs.
        name: of the model.
        algorithms: names in their order.
        now: the time that the folder is named after; a second run in the same second gets a number after it.
        direct: use ``output_dir`` itself.

    Raises:
        NotWritableError: a folder cannot be made or takes no files.
    """
    if direct:
        return OutputFolders(ensure_writable_folder(output_dir))
    above = Path(output_dir) / "_".join([name, *algorithms]).replace("/", "_")
    stamp = now.strftime("%Y-%m-%d_%H-%M-%S")
    ensure_writable_folder(above)
    for number in range(1, 1000):
        home = above / (stamp if number == 1 else f"{stamp}_{number}")
        try:
            home.mkdir()
        except FileExistsError:
            continue
        return OutputFolders(home)
    return OutputFolders(ensure_writable_folder(above / stamp))
