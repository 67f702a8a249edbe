"""What kind of model a file holds, recognised by its first bytes and its outer structure, before OpenVINO sees it.

OpenVINO tries one reader after the other; on a foreign file the TensorFlow one writes to stderr before the error comes.
"""

from __future__ import annotations

import re
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from openpot.errors import MissingFileError, ModelError, suggest_close_name
from openpot.graph.cut_off_files import AGAIN


class ModelFormat(StrEnum):
    """The file formats that OpenVINO reads."""

    IR = "OpenVINO IR"
    ONNX = "ONNX"
    TENSORFLOW = "TensorFlow"
    TFLITE = "TensorFlow Lite"
    PADDLE = "PaddlePaddle"


SUFFIXES = {
    ".xml": ModelFormat.IR,
    ".onnx": ModelFormat.ONNX,
    ".pb": ModelFormat.TENSORFLOW,
    ".meta": ModelFormat.TENSORFLOW,
    ".tflite": ModelFormat.TFLITE,
    ".pdmodel": ModelFormat.PADDLE,
}
OLDEST_IR = 11
_NET_VERSION = re.compile(rb'<net\b[^>]*\bversion\s*=\s*"(\d+)"')
_TORCH_SUFFIXES = (".pt", ".pth", ".pt2", ".ckpt", ".safetensors")

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_PROTOBUF_FIELDS = {
    # The fields of the outermost message that must be there, each with its wire type, by the published .proto files.
    ModelFormat.ONNX: [{(7, _BYTES)}],
    ModelFormat.TENSORFLOW: [{(1, _BYTES)}, {(2, _BYTES)}],
    ModelFormat.PADDLE: [{(1, _BYTES)}],
}


def sniff_model_format(path: Path) -> ModelFormat:
    """The format of a model file or SavedModel folder.

    Raises:
        MissingFileError: There is no such file.
        ModelError: The content is not what the suffix says, or the suffix is not known.
    """
    if not path.exists():
        near = suggest_close_name(path.name, _list_models(path.parent))
        raise MissingFileError(f"there is no model at {str(path)!r}{near}")
    if path.is_dir():
        return _sniff_folder(path)
    if not path.is_file():
        raise ModelError(f"{str(path)!r} is not a regular file: a model is read from a file on disk")
    expected = SUFFIXES.get(path.suffix.lower())
    if expected is None:
        raise ModelError(f"cannot tell the model format of {str(path)!r}: {_advice(path)}")
    if path.stat().st_size == 0:
        raise ModelError(f"{str(path)!r} is empty: a broken download or an interrupted save; {AGAIN}")
    if not _content_fits(path, expected):
        raise ModelError(
            f"{str(path)!r} is not {_add_article(expected)} model: its content does not fit "
            f"the suffix, or it is cut off: "
            f"{AGAIN}, or name the file as what it is"
        )
    return expected


def _list_models(folder: Path) -> list[str]:
    """Names of what looks like models in a folder; none if it cannot be read."""
    with suppress(OSError):
        return [entry.name for entry in folder.iterdir() if entry.suffix.lower() in SUFFIXES]
    return []


def require_current_ir(path: Path) -> None:
    """Refuse IR files of versions that OpenVINO no longer supports.

    Raises:
        ModelError: The file says version 10 or lower.
    """
    with path.open("rb") as file:
        match = _NET_VERSION.search(file.read(1 << 16))
    version = int(match[1]) if match else OLDEST_IR
    if version < OLDEST_IR:
        raise ModelError(
            f"{str(path)!r} is an IR of version {version}; version {OLDEST_IR} (OpenVINO 2022.1 or later) is needed: "
            "convert the original model again with openvino.convert_model"
        )


def has_constants(ir_path: Path) -> bool:
    """True if an ``.xml`` needs its ``.bin``."""
    return b'type="Const"' in ir_path.read_bytes()


def _sniff_folder(path: Path) -> ModelFormat:
    if (path / "saved_model.pb").is_file():
        return ModelFormat.TENSORFLOW
    inside = sorted(entry.name for entry in path.iterdir() if entry.suffix.lower() in SUFFIXES)
    hint = f"; it holds {', '.join(inside[:3])}: name one of these" if inside else ""
    raise ModelError(f"the folder {str(path)!r} is not a TensorFlow SavedModel (no saved_model.pb){hint}")


def _advice(path: Path) -> str:
    if path.suffix.lower() in _TORCH_SUFFIXES:
        return "torch files are not opened, as loading them can run code; load the module yourself and pass it"
    return f"expected one of {', '.join(SUFFIXES)} or a SavedModel folder"


def _add_article(model_format: ModelFormat) -> str:
    return f"an {model_format}" if model_format[0] in "O" else f"a {model_format}"


def _content_fits(path: Path, expected: ModelFormat) -> bool:
    with path.open("rb") as file:
        if expected is ModelFormat.IR:
            return _NET_VERSION.search(file.read(1 << 16)) is not None
        if expected is ModelFormat.TFLITE:
            return file.read(8)[4:] == b"TFL3"
        fields = _protobuf_fields(file, path.stat().st_size)
        return fields is not None and any(needed <= fields for needed in _PROTOBUF_FIELDS[expected])


def _protobuf_fields(file: BinaryIO, size: int) -> set[tuple[int, int]] | None:
    """Numbers and wire types of the outermost fields of a protobuf message; None if it is not one."""
    fields: set[tuple[int, int]] = set()
    while file.tell() < size:
        tag = _varint(file)
        if tag is None or tag >> 3 == 0:
            return None
        wire_type = tag & 7
        length = {_FIXED64: 8, _FIXED32: 4, _VARINT: 0}.get(wire_type)
        if wire_type in (_VARINT, _BYTES):
            value = _varint(file)
            if value is None:
                return None
            length = value if wire_type == _BYTES else 0
        if length is None or file.tell() + length > size:
            return None
        file.seek(length, 1)
        fields.add((tag >> 3, wire_type))
    return fields


def _varint(file: BinaryIO) -> int | None:
    """A base-128 number of at most ten bytes."""
    value = 0
    for shift in range(0, 70, 7):
        byte = file.read(1)
        if not byte:
            return None
        value |= (byte[0] & 0x7F) << shift
        if not byte[0] & 0x80:
            return value
    return None
