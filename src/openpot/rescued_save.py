"""What took hours to compute is not lost because it cannot be saved where it was meant to be."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from openpot.errors import FileError, OpenPotError

if TYPE_CHECKING:
    from openpot.typing_aliases import StrPath

T = TypeVar("T")


def save_or_rescue(save: Callable[[Path], T], folder: StrPath) -> T:
    """Save into a folder; if that fails, beside it or among the temporary files, and say where.

    Args:
        save: writes into the folder that it is given.
        folder: where the result was meant to be.

    Raises:
        FileError: the result is somewhere else, or nowhere; the message says which.
    """
    try:
        return save(Path(folder))
    except FileError as error:
        for place in _make_other_places(Path(folder)):
            try:
                save(place)
            except (OpenPotError, OSError):
                _remove_if_empty(place)
                continue
            raise FileError(
                f"{error}. The finished result is saved in {str(place)!r} instead: move it where you want it"
            ) from error
        raise FileError(
            f"{error}. It could be saved neither beside {str(folder)!r} nor among the temporary files "
            f"({tempfile.gettempdir()!r}; the variable TMPDIR names another folder)"
        ) from error


def _make_other_places(folder: Path) -> Iterator[Path]:
    """New folders: beside ``folder``, then where temporary files are."""
    for above, prefix in ((folder.absolute().parent, f"{folder.name[:100]}-rescued-"), (None, "openpot-rescued-")):
        try:
            yield Path(tempfile.mkdtemp(prefix=prefix, dir=above))
        except (OSError, ValueError):
            continue


def _remove_if_empty(place: Path) -> None:
    try:
        place.rmdir()
    except OSError:
        return
