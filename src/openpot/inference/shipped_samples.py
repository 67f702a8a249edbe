"""Samples on their way to workers with what the float model computed for them: as files, which workers read once."""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from openpot.errors import NotWritableError
from openpot.inference.feeds import NextStep
from openpot.inference.shipped_files import KeptOnWorker, make_folder_of
from openpot.typing_aliases import Array
from openpot.workers import NotThereError

_PLAIN_KINDS = frozenset("biufcSU")
"""Kinds of NumPy types that a file holds without pickle."""
_SEPARATOR = "/"


@dataclass(frozen=True, eq=False)
class KnownSamples:
    """Inferences whose reference is known.

    Attributes:
        feeds: the inputs of each, by number.
        outputs: for each the arrays that others are compared with; empty where nothing is.
    """

    feeds: tuple[dict[int, Array], ...]
    outputs: tuple[list[Array], ...]

    @cached_property
    def shipped(self) -> ShippedSamples | None:
        """The same as tasks name it, for as long as this object lives; None if a file cannot hold its arrays.

        Raises:
            NotWritableError: the file cannot be written.
        """
        arrays = dict(_name_arrays(self))
        if any(array.dtype.kind not in _PLAIN_KINDS for array in arrays.values()):
            return None
        path = make_folder_of(self) / "samples.npz"
        try:
            with path.open("wb") as file:
                np.savez(file, **arrays)  # type: ignore[arg-type]  # its stub takes further names for options
        except OSError as error:
            raise NotWritableError(f"samples for the workers cannot be written to {str(path)!r}: {error}") from error
        return ShippedSamples(uuid.uuid4().hex, str(path), len(self.feeds))


@dataclass(frozen=True)
class ShippedSamples:
    """Samples that a task names.

    Attributes:
        key: of these samples and no others.
        path: their file.
        count: how many inferences they are.
        content: of the file; None for workers that see it.
    """

    key: str
    path: str
    count: int
    content: bytes | None = None

    def attach_content(self) -> ShippedSamples:
        """The same samples with their file."""
        return replace(self, content=Path(self.path).read_bytes())

    def keep(self) -> KnownSamples:
        """The samples, read once by a worker, which keeps the last ones.

        Raises:
            NotThereError: there is no such file here.
        """
        return _kept.get(self.key, self._read)

    def _read(self) -> KnownSamples:
        if self.content is None and not Path(self.path).is_file():
            raise NotThereError(self.path)
        with np.load(self.path if self.content is None else io.BytesIO(self.content), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        feeds: list[dict[int, Array]] = [{} for _ in range(self.count)]
        outputs: list[list[Array]] = [[] for _ in range(self.count)]
        for name, array in arrays.items():
            kind, inference, number = name.split(_SEPARATOR)
            if kind == "output":
                outputs[int(inference)].append(array)
                continue
            if kind == "next":
                feeds[int(inference)] = NextStep(feeds[int(inference)])
            feeds[int(inference)][int(number)] = array
        return KnownSamples(tuple(feeds), tuple(outputs))


_kept: KeptOnWorker[KnownSamples] = KeptOnWorker()


def _name_arrays(samples: KnownSamples) -> Iterator[tuple[str, Array]]:
    """All arrays under the names that they have in the file; those of an inference follow each other in their order."""
    for inference, feed in enumerate(samples.feeds):
        kind = "next" if isinstance(feed, NextStep) else "first"
        for number, array in feed.items():
            yield _SEPARATOR.join((kind, str(inference), str(number))), np.asarray(array)
    for inference, arrays in enumerate(samples.outputs):
        for number, array in enumerate(arrays):
            yield _SEPARATOR.join(("output", str(inference), str(number))), np.asarray(array)
