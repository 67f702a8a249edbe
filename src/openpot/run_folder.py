"""The folder that a run can be resumed from: a journal of finished steps, and what the run is about.

Every answer in the journal has a key that says what it depends on, so that a record is used where it is right and
nowhere else. What all answers depend on (versions, processor, model, data) is beside it in ``identity.json``: if that
has changed, no record can be of use, and the folder is cleared.
"""

from __future__ import annotations

import json
import os
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from openpot.atomic_files import ensure_writable_folder, write_text
from openpot.current_run import CurrentRun, running
from openpot.errors import FileError, OpenPotWarning
from openpot.journal import JOURNAL_NAME, Journal, hash_parts
from openpot.typing_aliases import JSONValue, StrPath
from openpot.workers import Workers

try:
    import fcntl
except ImportError:  # Windows has no advisory locks of this kind
    fcntl = None  # type: ignore[assignment]

IDENTITY = "identity.json"
SHARED_PARTS = ("versions", "processor", "model", "data")
"""What all answers depend on."""
_SHOWN_LENGTH = 60


@contextmanager
def recording_run(
    folder: StrPath, identity: Mapping[str, JSONValue], workers: Workers | None = None
) -> Iterator[CurrentRun]:
    """Record the steps of the run in this block, and use what an earlier run of the same folder recorded.

    Args:
        folder: made if it is not there.
        identity: what the run is about, by part. Another model, other data, another processor or version: the run
            starts anew. Anything else: what depends on it is computed anew. An :class:`OpenPotWarning` says which.
        workers: who else works for it.

    Raises:
        NotWritableError: the folder takes no files.
        FileError: another process works with it.
    """
    home = ensure_writable_folder(folder)
    with _locked(home):
        _settle_identity(home, json.loads(json.dumps(identity, default=str)))
        shared = {part: identity.get(part) for part in SHARED_PARTS}
        run = CurrentRun(Journal(home), hash_parts(shared), hash_parts(identity.get("metric")), workers)
        try:
            with running(run):
                yield run
        except KeyboardInterrupt as interrupt:
            state = f"what was computed is recorded in {str(home)!r}: the same call goes on from there"
            raise type(interrupt)(str(interrupt) or (state if len(run.journal) else "")) from None


def holds_records(folder: StrPath) -> bool:
    """Whether a run was ended before its time here."""
    return (Path(folder) / JOURNAL_NAME).is_file()


def clear_run_folder(folder: StrPath) -> None:
    """Remove the records, and the folder if nothing else lies in it."""
    home = Path(folder)
    if not home.is_dir():
        return
    _clear(home)
    (home / IDENTITY).unlink(missing_ok=True)
    if not any(home.iterdir()):
        home.rmdir()


def _settle_identity(home: Path, identity: Mapping[str, Any]) -> None:
    """Compare the identity with that of the records, clear them if they are of no use, and write it down."""
    known = _read_identity(home)
    if known == identity:
        return
    if known is None:
        _clear(home)
    else:
        differences = [part for part in identity if known.get(part) != identity[part]]
        parts = [describe_difference(part, known.get(part), identity[part]) for part in differences]
        shown = "; ".join(text for part in parts for text in part)
        starts_anew = bool(set(differences) & set(SHARED_PARTS))
        told = "the run starts anew" if starts_anew else "what depends on that is computed anew"
        warnings.warn(f"the records in {str(home)!r} are of another run: {told}: {shown}", OpenPotWarning, stacklevel=4)
        if starts_anew:
            _clear(home)
    write_text(home / IDENTITY, json.dumps(identity, indent=2) + "\n")


def _read_identity(home: Path) -> dict[str, Any] | None:
    """The identity of the records; None if it is not there or cannot be read."""
    try:
        identity = json.loads((home / IDENTITY).read_bytes())
    except (OSError, ValueError):
        return None
    return identity if isinstance(identity, dict) else None


def describe_difference(name: str, before: Any, now: Any) -> Iterator[str]:
    """What differs between two values, by name: ``settings.seed was 0 and is 1``."""
    if isinstance(before, dict) and isinstance(now, dict):
        for key in {**before, **now}:
            if before.get(key) != now.get(key):
                yield from describe_difference(f"{name}.{key}", before.get(key), now.get(key))
        return
    texts = [json.dumps(value) for value in (before, now)]
    if any(len(text) > _SHOWN_LENGTH for text in texts):
        yield f"{name} is another one"
    else:
        yield f"{name} was {texts[0]} and is {texts[1]}"


def _clear(home: Path) -> None:
    """Remove the journal, then the arrays that it names; other files are left alone."""
    (home / JOURNAL_NAME).unlink(missing_ok=True)
    for path in home.glob("*.npz"):
        if re.fullmatch(r"[0-9a-f]{32}", path.stem):
            path.unlink(missing_ok=True)


@contextmanager
def _locked(home: Path) -> Iterator[None]:
    """Refuse a folder that another process works with. The lock leaves no file and ends with the process."""
    if fcntl is None:
        yield
        return
    handle = os.open(home, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise FileError(
                f"another process works with the run folder {str(home)!r}: wait for it, or name another folder"
            ) from error
        except OSError:  # some network file systems have no locks
            pass
        yield
    finally:
        os.close(handle)
