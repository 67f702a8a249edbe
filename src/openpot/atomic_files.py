"""Writing files whole or not at all.

Content is written beside its target, flushed to the disk and then renamed over it: whoever reads the target sees the
old content or the new one, also after a crash or a power failure.
"""

from __future__ import annotations

import errno
import glob
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from openpot.errors import FileError, NotWritableError

if TYPE_CHECKING:
    from openpot.typing_aliases import StrPath

try:
    import fcntl
except ImportError:  # Windows has no advisory locks of this kind
    fcntl = None  # type: ignore[assignment]

_PREFIX = ".openpot-writing-"
_NO_SPACE = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}


def write_bytes(path: StrPath, content: bytes) -> Path:
    """Write a file whole or not at all; missing folders are made.

    Raises:
        FileError: The file cannot be written; what was there before is untouched.
    """
    target = Path(path)
    with staging_folder(ensure_writable_folder(target.parent), size_bytes=len(content)) as staging:
        staged = staging / "content"
        staged.write_bytes(content)
        put_in_place(staged, target)
    return target


def write_text(path: StrPath, text: str) -> Path:
    """Write a text file as UTF-8, whole or not at all; missing folders are made.

    Raises:
        FileError: The file cannot be written; what was there before is untouched.
    """
    return write_bytes(path, text.encode())


def ensure_writable_folder(folder: StrPath) -> Path:
    """Make a folder if it is not there and prove that files can be made in it; call it before long work.

    Raises:
        NotWritableError: The folder cannot be made, is a file, or takes no files.
    """
    path = Path(folder)
    made = list_missing_folders(path)
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(prefix=_PREFIX, dir=path):
            pass
    except (OSError, ValueError) as error:
        remove_if_empty(made)
        raise NotWritableError(f"cannot write into the folder {str(path)!r}: {_explain(error)}") from error
    return path


def _explain(error: OSError | ValueError) -> str:
    """Why a folder cannot be made."""
    if isinstance(error, FileExistsError | NotADirectoryError):
        return "a file of that name is in the way"
    if isinstance(error, ValueError):
        return f"no name of a file holds this character ({error})"
    if error.errno == errno.ENAMETOOLONG:
        return "the name is too long: most systems take 255 bytes for each part"
    return error.strerror or str(error)


def list_missing_folders(folder: Path) -> list[Path]:
    """A folder and those above it that are not there, the innermost first."""
    with suppress(OSError, ValueError):
        return [path for path in (folder, *folder.parents) if not path.exists()]
    return []


def remove_if_empty(folders: Iterable[Path]) -> None:
    """Remove folders that hold nothing, in the order given."""
    for folder in folders:
        with suppress(OSError, ValueError):
            folder.rmdir()


def require_free_space(folder: StrPath, size_bytes: int) -> None:
    """Check that a disk has room before anything is written.

    Raises:
        FileError: There is less than ``size_bytes`` free.
    """
    free = shutil.disk_usage(folder).free
    if free < size_bytes:
        raise FileError(
            f"not enough space in {str(folder)!r}: {size_bytes:,} bytes are needed and {free:,} are free; "
            "nothing was written"
        )


def describe_space(folder: Path, size_bytes: int | None = None) -> str:
    """Which folder, how many bytes are needed (if known) and free, and what else may forbid to write: for messages."""
    needed = "" if size_bytes is None else f"about {size_bytes:,} bytes are needed, "
    try:
        free = f"{shutil.disk_usage(folder).free:,}"
    except OSError:
        free = "an unknown number of"
    return f"in {str(folder)!r} {needed}{free} bytes are free; a quota or a limit of the size of files counts as well"


def explain_failed_write(error: OSError, folder: Path, size_bytes: int | None = None) -> str:
    """Why writing failed; where space may be the reason, with the bytes that are needed and free."""
    hint = f"; {describe_space(folder, size_bytes)}" if error.errno in _NO_SPACE else ""
    return f"{error.strerror or error}{hint}"


@contextmanager
def folder_lock(folder: Path) -> Iterator[bool]:
    """Keep other openpot processes and threads from writing models into a folder meanwhile.

    The lock sits on the folder itself: it leaves no file and ends with the process. Yields False where the system
    offers no such lock; writing then goes on without it.
    """
    if fcntl is None:
        yield False
        return
    handle, locked = _lock(folder)
    try:
        while locked and not os.path.samestat(os.fstat(handle), folder.stat()):  # it was replaced while we waited
            replaced, (handle, locked) = handle, _lock(folder)
            os.close(replaced)
        yield locked
    finally:
        os.close(handle)


def _lock(folder: Path) -> tuple[int, bool]:
    """An open handle of a folder, and whether it is locked."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
    except OSError:
        return handle, False
    return handle, True


@contextmanager
def staging_folder(folder: Path, prefix: str = _PREFIX, size_bytes: int | None = None) -> Iterator[Path]:
    """A private folder inside ``folder`` (so that renaming out of it stays on one disk), removed at the end.

    Args:
        folder: where it is made.
        prefix: of its name.
        size_bytes: how much will be written, for the message of a full disk; None if that is not known.

    Raises:
        NotWritableError: It cannot be made.
        FileError: Stands for any OSError inside the block.
    """
    try:
        staging = Path(tempfile.mkdtemp(prefix=prefix, dir=folder))
    except OSError as error:
        raise NotWritableError(f"cannot write into the folder {str(folder)!r}: {error.strerror or error}") from error
    try:
        yield staging
    except OSError as error:
        if isinstance(error, FileError):
            raise
        reason = explain_failed_write(error, folder, size_bytes)
        raise FileError(f"writing into {str(folder)!r} failed: {reason}") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def remove_abandoned_staging(folder: Path, prefix: str) -> None:
    """Remove what killed processes left behind.

    Call it only while holding the folder's lock, and only for a prefix that is used under that lock.
    """
    for left_over in folder.glob(f"{glob.escape(prefix)}*"):
        shutil.rmtree(left_over, ignore_errors=True)


def put_in_place(staged: Path, target: Path) -> None:
    """Flush a staged file to the disk and rename it over its target in one step."""
    with staged.open("r+b") as file:
        flush_to_disk(file)
    staged.replace(target)
    _flush_folder(target.parent)


def flush_to_disk(file: BinaryIO) -> None:
    """Wait until what was written to a file is on the disk."""
    file.flush()
    os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    """Wait until a rename is on the disk; systems that cannot open folders order renames by themselves."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network file systems refuse it for folders
            os.fsync(handle)
    finally:
        os.close(handle)
