"""Replacing the two files of a saved model (``.xml`` and ``.bin``) so that a valid pair lies there at every moment.

Two files cannot be renamed in one step, and OpenVINO reads an old ``.xml`` with a new ``.bin`` without complaint. The
way out: a ``.bin`` may be longer than needed, and the ``.xml`` says where in it each constant lies. With the old
content O and the new content N, and an offset S not below the length of either, each of these steps is one rename and
leaves a pair that is wholly the old model (o) or wholly the new one (n):

    step                        .xml                    .bin
    before                      old                     O                   o
    1 replace .bin              old                     O, gap, N at S      o
    2 replace .xml              new, offsets plus S     O, gap, N at S      n
    3 replace .bin              new, offsets plus S     N, gap, N at S      n
    4 replace .xml              new                     N, gap, N at S      n
    5 replace .bin              new                     N                   n

The gap takes no space on file systems with sparse files. A process that still has the old ``.bin`` mapped keeps it:
renaming does not touch its content.
"""

from __future__ import annotations

import filecmp
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from openpot.atomic_files import put_in_place
from openpot.errors import FileError

_ALIGNMENT = 4096
_CONSTANT_OFFSET = re.compile(rb'(<layer [^<]*?type="Const"[^<]*>\s*<data [^<]*?\boffset=")(\d+)(")')


@dataclass(frozen=True)
class IRFiles:
    """The two files of a model on disk."""

    xml: Path
    bin: Path

    @classmethod
    def at(cls, folder: Path, stem: str) -> IRFiles:
        """The files that a model called ``stem`` has in a folder."""
        return cls(folder / f"{stem}.xml", folder / f"{stem}.bin")


def swap_ir(staged: IRFiles, target: IRFiles, verify: Callable[[Path], None]) -> None:
    """Put a staged model in the place of another, or where there is none.

    Args:
        staged: The new model, complete, on the same disk as the target; its files are moved away.
        target: Where it shall lie.
        verify: Called with an ``.xml`` before it is used; raises if that is not the new model. It has the text of the
            staged one, apart from where the constants lie: only what is found there needs a look.

    Raises:
        OSError: A step failed. What lies at ``target`` is the whole old or the whole new model.
    """
    if not target.xml.exists() or not target.bin.exists() or target.bin.stat().st_size == 0:
        put_in_place(staged.bin, target.bin)
        put_in_place(staged.xml, target.xml)
    elif filecmp.cmp(staged.bin, target.bin, shallow=False):
        put_in_place(staged.xml, target.xml)
    else:
        _swap_over_a_bridge(staged, target, verify)


def compute_space_needed(new_size: int, target: IRFiles) -> int:
    """Bytes that saving ``new_size`` bytes of weights takes on the disk at its peak, on top of what lies there now."""
    old_size = target.bin.stat().st_size if target.xml.exists() and target.bin.exists() else 0
    if not old_size:
        return new_size
    # Staged N, then the bridge O+N; once the old file is gone, N+N beside the bridge.
    return new_size + old_size + 2 * new_size


def shift_offsets(xml: bytes, shift: int) -> bytes:
    """The text of an ``.xml`` whose constants lie ``shift`` bytes further back."""
    return _CONSTANT_OFFSET.sub(lambda match: b"%b%d%b" % (match[1], int(match[2]) + shift, match[3]), xml)


def _swap_over_a_bridge(staged: IRFiles, target: IRFiles, verify: Callable[[Path], None]) -> None:
    folder = staged.xml.parent
    longest = max(target.bin.stat().st_size, staged.bin.stat().st_size)
    shift = -(-longest // _ALIGNMENT) * _ALIGNMENT
    bridge = IRFiles.at(folder, "bridge")
    bridge.xml.write_bytes(shift_offsets(staged.xml.read_bytes(), shift))
    _write_twofold(bridge.bin, target.bin, staged.bin, shift)
    verify(bridge.xml)
    put_in_place(bridge.bin, target.bin)
    put_in_place(bridge.xml, target.xml)
    _write_twofold(bridge.bin, staged.bin, staged.bin, shift)
    put_in_place(bridge.bin, target.bin)
    put_in_place(staged.xml, target.xml)
    put_in_place(staged.bin, target.bin)


def _write_twofold(path: Path, first: Path, second: Path, shift: int) -> None:
    """A file with the content of ``first`` at 0 and that of ``second`` at ``shift``."""
    with path.open("wb") as file:
        _copy(first, file)
        if file.tell() > shift:
            raise FileError(f"{str(first)!r} grew while it was being copied: another program writes to it")
        file.seek(shift)
        _copy(second, file)


def _copy(source: Path, target: BinaryIO) -> None:
    with source.open("rb") as file:
        shutil.copyfileobj(file, target, 1 << 20)
