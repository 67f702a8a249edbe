"""The folder that a command writes into, and the records of finished steps beside it, from which it can go on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from openpot.atomic_files import ensure_writable_folder, list_missing_folders, remove_if_empty
from openpot.cli.exit_codes import interrupts_say
from openpot.cli.messages import write_message
from openpot.errors import ConfigError, NotWritableError
from openpot.rescued_save import save_or_rescue
from openpot.saved_files import STEM

if TYPE_CHECKING:
    from openpot.report.compression_result import CompressionResult
    from openpot.report.quantization_result import QuantizationResult

RunFolder: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        help="Folder for records of finished steps: after an interrupt the same command goes on from there. Default: "
        "OUTPUT.unfinished, which is removed when the result is saved."
    ),
]


@contextmanager
def output_folders(output: Path, records: Path | None) -> Iterator[tuple[Path, Path | None]]:
    """The folder of the result and the run folder of a command, found out to be usable before the work."""
    with (
        writable_folder(output) as folder,
        resumable(records, folder) as run_folder,
        interrupts_say("nothing was written"),
    ):
        yield folder, run_folder


def require_source_stays(source: Path, folder: Path, stem: str = STEM) -> None:
    """Check that a result does not take the place of the model that it is made from.

    Raises:
        ConfigError: it would.
    """
    if (folder / f"{stem}.xml").resolve() == source.resolve():
        raise ConfigError(f"the result would replace its source, {str(source)!r}: give another folder with --output")


def save_whole(result: QuantizationResult | CompressionResult, folder: Path) -> None:
    """Save a result; an interrupt meanwhile says what lies there."""
    with interrupts_say(f"while saving: {str(folder)!r} holds the whole model of before, or the whole new one"):
        save_or_rescue(result.save, folder)


@contextmanager
def writable_folder(folder: Path) -> Iterator[Path]:
    """A folder that takes files, found out before the work; if it was made here and stays empty, it goes again.

    Raises:
        NotWritableError: it cannot be made or takes no files.
    """
    made = list_missing_folders(folder)
    ensure_writable_folder(folder)
    try:
        yield folder
    finally:
        remove_if_empty(made)


@contextmanager
def resumable(stated: Path | None, output: Path) -> Iterator[Path | None]:
    """The run folder of a command; None if there is no place for one.

    Args:
        stated: what the user asked for; it is kept.
        output: the folder of the result; the default lies beside it, and goes when the result is saved, or if nothing
            was recorded.
    """
    from openpot.run_folder import clear_run_folder, holds_records

    folder = stated or _choose_default(output)
    if folder is None:
        yield None
        return
    if holds_records(folder):
        write_message(f"going on from the records in {folder}")
    try:
        yield folder
    except BaseException:
        if stated is None and not holds_records(folder):
            clear_run_folder(folder)
        raise
    if stated is None:
        clear_run_folder(folder)


def _choose_default(output: Path) -> Path | None:
    home = output.resolve()
    try:
        return ensure_writable_folder(home.with_name(f"{home.name}.unfinished"))
    except (NotWritableError, ValueError):
        return None
