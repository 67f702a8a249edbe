"""Saving a model together with its record: ``model.xml``, ``model.bin``, ``run.json`` and a report, all or none."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from openpot.atomic_files import (
    ensure_writable_folder,
    folder_lock,
    put_in_place,
    require_free_space,
    staging_folder,
)
from openpot.errors import FileError
from openpot.graph.read import read_model
from openpot.graph.same_model import find_first_difference
from openpot.graph.save_ir import NamedModel, save_models
from openpot.graph.stored_size import count_stored_bytes
from openpot.graph.swap_ir import IRFiles, compute_space_needed, swap_ir
from openpot.report.run_record import RECORD
from openpot.typing_aliases import JSONValue, StrPath

if TYPE_CHECKING:
    from openpot.graph.types import Model

STEM = "model"
REPORT = "report.html"


def save_with_record(
    model: Model,
    record: Mapping[str, JSONValue],
    folder: StrPath,
    render: Callable[[Mapping[str, JSONValue]], str] | None = None,
) -> Path:
    """Save a model and what is known about it.

    All files are complete, checked and on the disk of the folder before the first old one is replaced. The record
    comes last and holds the SHA-256 of those of the model under ``files``: a reader can tell that they belong together.

    Args:
        model: what to save, element types as they are.
        record: plain data.
        folder: made if it is not there; other files in it are left alone.
        render: makes the text of ``report.html`` of the record; None for no report.

    Returns:
        The path of ``model.xml``.

    Raises:
        NotWritableError: the folder cannot be made or takes no files.
        FileError: writing failed or there is not enough space; what was there before is whole.
    """
    home = ensure_writable_folder(folder)
    target = IRFiles.at(home, STEM)
    with folder_lock(home), staging_folder(home) as staging:
        (staged,) = save_models([NamedModel(model, STEM)], staging)
        require_free_space(home, compute_space_needed(count_stored_bytes(model), target))
        digests: dict[str, JSONValue] = {path.name: hash_file(path) for path in (staged.xml, staged.bin)}
        documents = _render_documents({**record, "files": digests}, render)
        for name, text in documents.items():
            (staging / name).write_text(text, encoding="utf-8")
        swap_ir(staged, target, lambda xml: require_equal(model, xml))
        for name in documents:
            put_in_place(staging / name, home / name)
    return target.xml


def _render_documents(
    record: Mapping[str, JSONValue], render: Callable[[Mapping[str, JSONValue]], str] | None
) -> dict[str, str]:
    """The text of every file beside the model by its name, the record last."""
    report = {} if render is None else {REPORT: render(record)}
    return {**report, RECORD: json.dumps(record, indent=2) + "\n"}


def hash_file(path: Path) -> str:
    """The SHA-256 of a file in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def require_equal(model: Model, xml: Path) -> None:
    """Read a written model back.

    Raises:
        FileError: it is not the model that was saved.
    """
    difference = find_first_difference(model, read_model(xml))
    if difference:
        raise FileError(f"{xml} read back after writing is not the model that was saved: {difference} differs")
