"""Saving models as OpenVINO IR, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import openvino as ov
from openpot.atomic_files import (
    describe_space,
    ensure_writable_folder,
    folder_lock,
    remove_abandoned_staging,
    require_free_space,
    staging_folder,
)
from openpot.errors import FileError
from openpot.graph.same_model import find_first_difference, find_first_different_constant
from openpot.graph.stored_size import count_stored_bytes
from openpot.graph.swap_ir import IRFiles, compute_space_needed, swap_ir
from openpot.typing_aliases import StrPath

if TYPE_CHECKING:
    from openpot.graph.types import Model

_STAGING_PREFIX = ".openpot-saving-"
_XML_BYTES_PER_MODEL = 1 << 20


class NamedModel(NamedTuple):
    """A model and the stem of the files that it is saved to."""

    model: Model
    stem: str


def save_models(models: Sequence[NamedModel], folder: StrPath) -> tuple[IRFiles, ...]:
    """Save models into a folder: each as ``<stem>.xml`` and ``<stem>.bin``, element types as they are.

    All are written beside their target, read back and compared with the models in memory before the first file of the
    folder is touched. A crash at any moment leaves, for each model, a valid old or new pair of files. The files that
    a model was read from may be overwritten; the model in memory stays usable.

    Raises:
        NotWritableError: The folder cannot be made or takes no files.
        FileError: Writing failed or there is not enough space; the old files are whole.
    """
    target_folder = ensure_writable_folder(folder)
    targets = tuple(IRFiles.at(target_folder, stem) for _, stem in models)
    with folder_lock(target_folder) as locked:
        if locked:
            remove_abandoned_staging(target_folder, _STAGING_PREFIX)
        sizes = [count_stored_bytes(model) for model, _ in models]
        require_free_space(target_folder, sum(map(_space, sizes, targets)))
        with staging_folder(target_folder, _STAGING_PREFIX) as staging:
            staged = [_stage(model, stem, staging / str(number)) for number, (model, stem) in enumerate(models)]
            for (model, _), files, target in zip(models, staged, targets, strict=True):
                swap_ir(files, target, partial(_require_same, model, compare=find_first_different_constant))
    return targets


def _space(size: int, target: IRFiles) -> int:
    return compute_space_needed(size, target) + _XML_BYTES_PER_MODEL


def _stage(model: Model, stem: str, folder: Path) -> IRFiles:
    folder.mkdir()
    files = IRFiles.at(folder, stem)
    try:
        ov.save_model(model, str(files.xml), compress_to_fp16=False)
    except RuntimeError as error:
        last_line = str(error).strip().splitlines()[-1]
        raise FileError(
            f"OpenVINO could not write {stem}.xml: {last_line}; {describe_space(folder, count_stored_bytes(model))}"
        ) from error
    _require_same(model, files.xml)
    return files


def _require_same(
    model: Model, xml: Path, compare: Callable[[Model, Model], str | None] = find_first_difference
) -> None:
    """Read a written model back.

    Raises:
        FileError: It is not the model in memory.
    """
    try:
        difference = compare(model, ov.Core().read_model(str(xml)))
    except RuntimeError as error:
        raise FileError(f"{xml.name} cannot be read back after writing: {str(error).strip()[:300]}") from error
    if difference:
        raise FileError(f"{xml.name} read back after writing is not the model that was saved: {difference} differs")
