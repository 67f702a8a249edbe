"""What a data set is, as far as it can be told without reading all of it: records of other data must not be used."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from openpot.data.array_from import is_array_like, to_array
from openpot.data.sample import load_sample
from openpot.errors import DataError
from openpot.typing_aliases import Array, JSONValue

PROBED_SAMPLES = 4
"""So many samples, spread evenly, are read of data that have to be loaded; those in memory are all looked at."""


def identify_data(loader: Any) -> dict[str, JSONValue]:
    """Plain values that differ between data sets, and are the same in every process.

    The kind of the loader, its length, the content of samples, and the sizes and times of image files.
    """
    source, count = getattr(loader, "source", loader), len(loader)
    positions = range(count) if is_in_memory(source) else sorted({k * (count - 1) // 3 for k in range(PROBED_SAMPLES)})
    files = getattr(source, "files", ())
    return {
        "kind": f"{type(source).__module__}.{type(source).__qualname__}",
        "samples": count,
        "content": _digest(part for index in positions for part in _list_parts_of_sample(loader, index)),
        "files": _digest(_describe_file(Path(file)) for file in files) if files else None,
    }


def is_in_memory(loader: Any) -> bool:
    """Whether samples of a loader cost nothing to load."""
    return bool(getattr(loader, "is_in_memory", False))


def _list_parts_of_sample(loader: Any, index: int) -> Iterator[bytes]:
    try:
        sample = load_sample(loader, index)
    except DataError as error:  # the run says so if it needs this sample
        yield str(error).encode()
        return
    yield from _list_parts([sample.data, sample.annotation])


def _list_parts(value: Any) -> Iterator[bytes]:
    """The content of arrays, texts and numbers in whatever holds them; of other objects only what they are."""
    if is_array_like(value):
        yield from _list_parts_of_array(to_array(value))
    elif isinstance(value, Mapping):
        for key, entry in value.items():
            yield repr(key).encode()
            yield from _list_parts(entry)
    elif isinstance(value, list | tuple):
        yield f"{len(value)} entries".encode()
        for entry in value:
            yield from _list_parts(entry)
    elif isinstance(value, str | bytes | bool | int | float | None):
        yield repr(value).encode()
    else:
        yield type(value).__qualname__.encode()


def _list_parts_of_array(array: Array) -> Iterator[bytes]:
    yield f"{array.dtype.str} {array.shape}".encode()
    yield repr(array.tolist()).encode() if array.dtype.hasobject else np.ascontiguousarray(array).tobytes()


def _describe_file(path: Path) -> bytes:
    try:
        facts = path.stat()
    except OSError:
        return f"{path} is not there".encode()
    return f"{path.name} {facts.st_size} {facts.st_mtime_ns}".encode()


def _digest(parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "little"))
        digest.update(part)
    return digest.hexdigest()[:32]
