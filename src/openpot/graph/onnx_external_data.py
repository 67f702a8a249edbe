"""Files beside an ONNX model that hold its weights: they must be files of that folder and nothing else.

A model from elsewhere names these files itself. A path that leads out of its folder, a link, or a second name of a file
(a hard link) would make some other file of the machine part of the model. The model is walked without reading a tensor.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from pathlib import Path

from openpot.errors import MissingFileError, ModelError

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_SIZES = {_FIXED64: 8, _FIXED32: 4}
_TENSOR, _ENTRY = "tensor", "entry"
_CHILDREN = {
    # Message -> number of a field -> message in it, by onnx.proto; what holds no tensor is not listed.
    "model": {7: "graph", 25: "function"},
    "graph": {1: "node", 5: _TENSOR, 15: "sparse"},
    "function": {7: "node"},
    "node": {5: "attribute"},
    "attribute": {5: _TENSOR, 6: "graph", 10: _TENSOR, 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: _TENSOR, 2: _TENSOR},
    _TENSOR: {13: _ENTRY},
}
_DEEPEST = 200


def check_external_data(path: Path) -> None:
    """Check the files that an ONNX model names as its weights.

    Raises:
        MissingFileError: one is not there.
        ModelError: one is outside of the folder of the model, a link, or no regular file.
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        locations = sorted(set(_find_locations(content, 0, len(content), "model", 0)))
    for location in locations:
        _check_file(path, location)


def _check_file(model: Path, location: str) -> None:
    where = f"the ONNX model {str(model)!r} keeps weights in {location!r}"
    folder = model.parent.resolve()
    if "\0" in location or Path(location).is_absolute() or not (folder / location).resolve().is_relative_to(folder):
        raise ModelError(f"{where}, outside of its own folder: external data must lie beside the model")
    data = folder / location
    if data.is_symlink():
        raise ModelError(f"{where}, which is a symbolic link: put a copy of the file there")
    if not data.exists():
        raise MissingFileError(f"{where}, and there is no file {str(data)!r}: external data belong to the model")
    if not data.is_file():
        raise ModelError(f"{where}, which is no regular file")
    if data.stat().st_nlink > 1:
        raise ModelError(
            f"{where}, which is a hard link: the same file has another name elsewhere, perhaps one that the model has "
            "no business with. Put a copy of the file there"
        )


def _find_locations(content: mmap.mmap, start: int, end: int, kind: str, depth: int) -> Iterator[str]:
    """Values under the key ``location`` in the external data of all tensors of a message."""
    if depth > _DEEPEST:
        raise ModelError(f"the ONNX model is nested more than {_DEEPEST} deep")
    if kind == _ENTRY:
        texts = {number: content[first:last] for number, first, last in _list_parts(content, start, end)}
        if texts.get(1) == b"location":
            yield texts.get(2, b"").decode(errors="surrogateescape")
        return
    children = _CHILDREN[kind]
    for number, first, last in _list_parts(content, start, end):
        if number in children:
            yield from _find_locations(content, first, last, children[number], depth + 1)


def _list_parts(content: mmap.mmap, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Number, start and end of the fields of a message that have a length; ends where it is no message."""
    position = start
    while position < end:
        tag, position = _read_varint(content, position, end)
        wire_type = tag & 7
        if wire_type in (_VARINT, _BYTES):
            value, position = _read_varint(content, position, end)
        if wire_type == _BYTES:
            if position + value > end:
                return
            yield tag >> 3, position, position + value
            position += value
        elif wire_type in _SIZES:
            position += _SIZES[wire_type]
        elif wire_type != _VARINT:
            return


def _read_varint(content: mmap.mmap, position: int, end: int) -> tuple[int, int]:
    """A base-128 number and where it ends; after the end of the message where it is none."""
    value = 0
    for shift in range(0, 70, 7):
        if position >= end:
            break
        byte = content[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if not byte & 0x80:
            return value, position
    return 0, end
