"""Calibration data in an ``.npz`` archive: arrays by input name with one row for each sample, or numbered keys.

The keys are ``SAMPLE|INPUT``, or ``SAMPLE|STEP|INPUT`` for models that keep a state.
An archive comes from elsewhere, so its directory and the header of every member are read and checked before any memory
is claimed: declared sizes are capped and must agree with each other, and objects (pickles) are refused.
"""

from __future__ import annotations

import io
import math
import re
import tokenize
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from openpot.available_memory import read_available_memory
from openpot.data.columns import ColumnRows
from openpot.data.input_description import InputDescription
from openpot.data.loader import DataLoader
from openpot.errors import DataError, MissingFileError
from openpot.typing_aliases import Array, StrPath

MAX_BYTES = 4 * 2**30
LARGE_BYTES = 2**28
MAX_RATIO = 200
"""Numbers that were measured rarely shrink to a tenth; zip shrinks one value again and again to a thousandth."""
_ZIP_ERRORS = (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)
_NUMBERED = re.compile(r"(?P<sample>[0-9]+)\|(?:(?P<step>[0-9]+)\|)?(?P<name>.+)", re.DOTALL)
HEADER_ERRORS = (tokenize.TokenError, SyntaxError, TypeError, KeyError, OverflowError)
"""What NumPy raises about the header of a damaged array, beside ValueError."""


class NpyArchive:
    """The members of an ``.npz`` file by name; opened once, read one array at a time."""

    def __init__(self, path: StrPath, max_bytes: int = MAX_BYTES) -> None:
        self.path = Path(path)
        if not self.path.is_file():
            raise MissingFileError(f"there is no file {str(self.path)!r}: expected an .npz archive")
        try:
            self._zip = zipfile.ZipFile(self.path)
        except _ZIP_ERRORS as error:
            raise DataError(f"{self.path} is no .npz archive: {error}") from error
        members = [member for member in self._zip.infolist() if member.filename.endswith(".npy")]
        self._members = {member.filename.removesuffix(".npy"): member for member in members}
        declared = sum(member.file_size for member in members)
        if declared > max_bytes:
            raise DataError(
                f"{self.path} unpacks to {declared} bytes, more than the limit of {max_bytes}: split it, or give a "
                "data loader that reads one sample at a time"
            )
        packed = sum(member.compress_size for member in members)
        if declared > LARGE_BYTES and declared > MAX_RATIO * packed:
            raise DataError(
                f"{self.path} unpacks to {declared} bytes out of {packed}: data do not shrink like that. It was made "
                "to fill the memory, or holds one value again and again; save it with numpy.savez if you mean it"
            )
        available = read_available_memory()
        if available is not None and declared > available:
            raise DataError(
                f"{self.path} unpacks to {declared} bytes of memory, and {available} are available: split it, or give "
                "a data loader that reads one sample at a time"
            )
        if not members or len(self._members) != len(members):
            raise DataError(f"{self.path}: expected arrays under different names, got {len(members)} arrays")

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the arrays, in the order of the archive."""
        return tuple(self._members)

    def read(self, name: str) -> Array:
        """The array ``name``.

        Raises:
            DataError: it is damaged, holds objects, or its header promises another size than the archive.
        """
        member = self._members[name]
        try:
            content = self._zip.read(member)
            self._check_header(io.BytesIO(content), name, member.file_size)
            array: Array = np.lib.format.read_array(io.BytesIO(content), allow_pickle=False)
        except (*_ZIP_ERRORS, *HEADER_ERRORS) as error:
            raise DataError(f"{self.path}: the array {name!r} cannot be read: {error}") from error
        return array

    def _check_header(self, stream: io.BytesIO, name: str, size: int) -> None:
        version = np.lib.format.read_magic(stream)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, _, dtype = read(stream)
        promised = math.prod(shape) * dtype.itemsize
        if not dtype.hasobject and promised > size:
            raise ValueError(f"its header promises {promised} bytes, the archive holds {size}")


class NumberedSamples(DataLoader):
    """An archive with keys ``SAMPLE|INPUT`` or ``SAMPLE|STEP|INPUT``.

    INPUT is a name, or without steps a position where inputs have no names.
    """

    def __init__(self, archive: NpyArchive) -> None:
        super().__init__()
        self._archive = archive
        samples: dict[int, dict[int | None, dict[str, str]]] = {}
        for key in archive.names:
            match = _NUMBERED.fullmatch(key)
            if match is None:  # the caller looked at all of them
                continue
            step = None if match["step"] is None else int(match["step"])
            samples.setdefault(int(match["sample"]), {}).setdefault(step, {})[match["name"]] = key
        self._samples = [samples[number] for number in sorted(samples)]
        if any(None in steps and len(steps) > 1 for steps in self._samples):
            raise DataError(f"{archive.path}: a sample has keys with a step and keys without: write all in one way")

    def __len__(self) -> int:
        return len(self._samples)

    def __getitem__(self, index: int) -> Any:
        steps = self._samples[index]
        if None in steps:
            return self._read(steps[None])
        return [
            self._collect_by_name(steps[number]) for number in sorted(number for number in steps if number is not None)
        ]

    def _read(self, keys: Mapping[str, str]) -> Any:
        arrays = self._collect_by_name(keys)
        positions = [str(position) for position in range(len(keys))]
        return [arrays[position] for position in positions] if set(positions) == set(keys) else arrays

    def _collect_by_name(self, keys: Mapping[str, str]) -> dict[str, Array]:
        return {name: self._archive.read(key) for name, key in keys.items()}


def open_npz(path: StrPath, inputs: Sequence[InputDescription] = (), max_bytes: int = MAX_BYTES) -> DataLoader:
    """A data set out of an ``.npz`` archive.

    Args:
        path: the archive. Either all its keys are ``SAMPLE|INPUT`` (``SAMPLE|STEP|INPUT`` for sequences), or they are
            names of inputs and each array has one row for each sample; rows get their batch axis back, and arrays that
            no input is named after are annotation.
        inputs: the model's inputs.
        max_bytes: limit for the unpacked size.

    Raises:
        MissingFileError: there is no such file.
        DataError: the file is no such archive, is too large or damaged.
    """
    archive = NpyArchive(path, max_bytes)
    if all(_NUMBERED.fullmatch(key) for key in archive.names):
        return NumberedSamples(archive)
    return ColumnRows({name: archive.read(name) for name in archive.names}, inputs)
