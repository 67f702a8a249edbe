"""The class of each image of a folder: by the folder that it lies in, or by a text file of names and labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from openpot.data.image_files import MAX_LIST_BYTES
from openpot.errors import DataError, MissingFileError

BY_FOLDER = "folders"
"""The word for classes that are folders."""


def match_labels(files: Sequence[Path], annotations: str) -> tuple[int, ...]:
    """The number of the class of each file.

    Args:
        files: the images.
        annotations: ``folders``, where each folder with images is a class, numbered from 0 in the order of their names;
            or a text file with lines ``name label``, where a name is that of a file, with or without folders.

    Raises:
        MissingFileError: there is no such text file.
        DataError: an image has no label, or a line is not understood.
    """
    if annotations == BY_FOLDER:
        folders = sorted({file.parent for file in files})
        if len(folders) < 2:
            raise DataError(f"annotations are 'folders', and all images lie in {folders[0]}: one folder for each class")
        numbers = {folder: number for number, folder in enumerate(folders)}
        return tuple(numbers[file.parent] for file in files)
    known = _read_labels(Path(annotations))
    return tuple(_label_of(file, known, annotations) for file in files)


def _read_labels(path: Path) -> Mapping[str, int]:
    if not path.is_file():
        raise MissingFileError(f"there is no file {str(path)!r} with annotations: expected lines 'name label'")
    if path.stat().st_size > MAX_LIST_BYTES:
        raise DataError(f"{path} has more than {MAX_LIST_BYTES} bytes: too much for lines 'name label'")
    labels: dict[str, int] = {}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.strip():
            continue
        name, _, label = line.strip().replace("\t", " ").rpartition(" ")
        if not name or not label.isdecimal():
            raise DataError(f"{path}, line {number}: expected 'name label' with a whole number, got {line!r}")
        labels[name.strip()] = int(label)
    return labels


def _label_of(file: Path, labels: Mapping[str, int], source: str) -> int:
    for depth in range(1, len(file.parts) + 1):
        label = labels.get("/".join(file.parts[-depth:]))
        if label is not None:
            return label
    raise DataError(f"{source} has no label for the image {file.name}: add a line, or leave the image out")
