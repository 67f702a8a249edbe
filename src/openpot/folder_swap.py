"""Replacing all files of a folder in one step: a new folder and the old one trade places.

Linux can exchange two names at once (``renameat2``). Whoever opens a file of the folder gets all files of before or all
new ones, also after a crash. What else lies in the folder is linked into the new one first.
"""

from __future__ import annotations

import ctypes
import os
import shutil
from collections.abc import Collection
from pathlib import Path

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


def trade_places(fresh: Path, home: Path, replaced: Collection[str]) -> bool:
    """Put the files of a new folder in the place of another, in one step.

    Args:
        fresh: The new folder, complete and on the disk; the old one is there afterwards.
        home: The folder to replace.
        replaced: Names of files of ``home`` that do not survive; all others are kept.

    Returns:
        Whether that was done. If not, nothing has changed: the system cannot exchange names, or somebody would notice
        that the folder is another one (it has sub-folders, is a mount point or the working directory, belongs to
        somebody else).
    """
    linked: list[Path] = []
    try:
        if not _may_be_another(fresh, home):
            return False
        for entry in home.iterdir():
            if entry.name not in replaced:
                os.link(entry, fresh / entry.name, follow_symlinks=False)
                linked.append(fresh / entry.name)
        shutil.copymode(home, fresh)
        is_done = _exchange(fresh, home)
    except OSError:
        is_done = False
    if not is_done:
        for link in linked:
            link.unlink(missing_ok=True)
        return False
    for entry in fresh.iterdir():  # what came while the others were linked
        if entry.name not in replaced and not (home / entry.name).exists():
            entry.rename(home / entry.name)
    return True


def _may_be_another(fresh: Path, home: Path) -> bool:
    old, new = home.stat(), fresh.stat()
    return (
        (old.st_uid, old.st_gid, old.st_dev) == (new.st_uid, new.st_gid, new.st_dev)
        and not home.is_symlink()
        and not home.is_mount()
        and not home.samefile(Path.cwd())
        and all(entry.is_file() and not entry.is_symlink() for entry in home.iterdir())
    )


def _exchange(first: Path, second: Path) -> bool:
    """Exchange two names; False where that cannot be done."""
    if os.name == "nt":
        return False
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    return bool(rename(_AT_FDCWD, os.fsencode(first), _AT_FDCWD, os.fsencode(second), _RENAME_EXCHANGE) == 0)
