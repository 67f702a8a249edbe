"""Saving a model together with its record: ``model.xml``, ``model.bin``, ``run.json`` and a report, all or none."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from openpot.atomic_files import (
    ensure_writable_folder,
    folder_lock,
    put_in_place,
    remove_abandoned_staging,
    require_free_space,
    staging_folder,
    write_text,
)
from openpot.errors import FileError, NotWritableError, OpenPotError
from openpot.folder_swap import trade_places
from openpot.graph.read import read_model
from openpot.graph.same_model import find_first_difference
from openpot.graph.save_ir import NamedModel, save_models
from openpot.graph.stored_size import count_stored_bytes
from openpot.graph.swap_ir import IRFiles, compute_space_needed, swap_ir
from openpot.saved_files import REPORT, RUN_RECORD, STEM, hash_file, verify_saved
from openpot.typing_aliases import JSONValue, StrPath

if TYPE_CHECKING:
    from openpot.graph.types import Model

_DOCUMENTS = (REPORT, RUN_RECORD)
"""The files beside the model, the record last."""


def save_with_record(
    model: Model,
    record: Mapping[str, JSONValue],
    folder: StrPath,
    render: Callable[[Mapping[str, JSONValue]], str] | None = None,
    stem: str = STEM,
    companions: Sequence[Path] = (),
) -> Path:
    """Save a model and what is known about it.

    All files are complete, checked and on the disk before they replace those of before, on Linux in one step
    (:mod:`openpot.folder_swap`); elsewhere the model is replaced as :mod:`openpot.graph.swap_ir` says, without a record
    meanwhile. The record holds the SHA-256 of the model under ``files``: a reader can tell that they belong together.

    Args:
        model: what to save, element types as they are.
        record: plain data.
        folder: made if it is not there; other files in it are left alone.
        render: makes the text of ``report.html`` of the record; None for no report.
        stem: what the files of the model are called.
        companions: files that are copied along, such as those of a tokenizer.

    Returns:
        The path of ``model.xml``, or of what it is called.

    Raises:
        NotWritableError: the folder cannot be made or takes no files.
        FileError: writing failed or there is not enough space; what was there before is whole.
    """
    home = ensure_writable_folder(folder)
    with folder_lock(home), _staging_near(home.resolve()) as staging:
        content = staging / "content"
        content.mkdir()
        (staged,) = save_models([NamedModel(model, stem)], content)
        copies = [path for path in companions if path.parent.resolve() != home.resolve()]
        for path in copies:
            shutil.copyfile(path, content / path.name)
        digests: dict[str, JSONValue] = {path.name: hash_file(path) for path in (staged.xml, staged.bin)}
        for name, text in _render_documents({**record, "files": digests}, render).items():
            write_text(content / name, text)
        with folder_lock(content):  # it may become the folder itself
            replaced = (staged.xml.name, staged.bin.name, *_DOCUMENTS, *(path.name for path in copies))
            if not trade_places(content, home.resolve(), replaced):
                _replace_in_turn(model, content, home, staging, stem)
                for path in copies:
                    put_in_place(content / path.name, home / path.name)
    return home / f"{stem}.xml"


@contextmanager
def _staging_near(home: Path) -> Iterator[Path]:
    """A private folder on the disk of ``home``, beside it if possible; what killed processes left there is removed."""
    inside, beside = ".openpot-saving-", f".{home.name}.openpot-saving-"
    remove_abandoned_staging(home, inside)
    with ExitStack() as stack:
        try:
            if home.parent.stat().st_dev != home.stat().st_dev:
                raise NotWritableError("another disk")
            remove_abandoned_staging(home.parent, beside)
            staging = stack.enter_context(staging_folder(home.parent, beside))
        except NotWritableError:
            staging = stack.enter_context(staging_folder(home, inside))
        yield staging


def _replace_in_turn(model: Model, content: Path, home: Path, staging: Path, stem: str) -> None:
    """Replace file by file where folders cannot trade places: at no moment is a record beside another model."""
    target, aside = IRFiles.at(home, stem), staging / "before"
    require_free_space(home, compute_space_needed(count_stored_bytes(model), target))
    aside.mkdir()
    for name in _DOCUMENTS:
        if (home / name).exists():
            (home / name).replace(aside / name)
    try:
        swap_ir(IRFiles.at(content, stem), target, lambda xml: require_equal(model, xml))
    except BaseException:
        _restore(aside, home)
        raise
    for name in _DOCUMENTS:
        if (content / name).exists():
            put_in_place(content / name, home / name)


def _restore(aside: Path, home: Path) -> None:
    """Put the old documents back if the old model still lies there."""
    if not (aside / RUN_RECORD).is_file():
        return
    shutil.copyfile(aside / RUN_RECORD, home / RUN_RECORD)
    try:
        verify_saved(home)
    except OpenPotError:
        (home / RUN_RECORD).unlink()
        return
    for document in aside.iterdir():
        document.replace(home / document.name)


def _render_documents(
    record: Mapping[str, JSONValue], render: Callable[[Mapping[str, JSONValue]], str] | None
) -> dict[str, str]:
    """The text of every file beside the model by its name, the record last."""
    report = {} if render is None else {REPORT: render(record)}
    return {**report, RUN_RECORD: json.dumps(record, indent=2) + "\n"}


def require_equal(model: Model, xml: Path) -> None:
    """Read a written model back.

    Raises:
        FileError: it is not the model that was saved.
    """
    difference = find_first_difference(model, read_model(xml))
    if difference:
        raise FileError(f"{xml} read back after writing is not the model that was saved: {difference} differs")
