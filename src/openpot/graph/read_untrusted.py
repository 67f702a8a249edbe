"""Reading a model of unknown origin, so that a file that is damaged or made to do harm costs nothing but an error.

OpenVINO's readers are native code: a fault in them can end the process, hang, or take all memory. Here a process of its
own reads the file (:mod:`openpot.graph.limited_reader`) and hands over what it read as IR in a private folder.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openvino as ov
from openpot.errors import ConfigError, FileError, MissingFileError, ModelError, OpenPotWarning, OutOfMemoryError
from openpot.typing_aliases import StrPath

if TYPE_CHECKING:
    from openpot.graph.types import Model

_READER = (sys.executable, "-P", "-m", "openpot.graph.limited_reader")
ANSWER, STEM = "answer.json", "model"
"""Files that it leaves."""
_KEPT_VARIABLES = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL")
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
"""A process with one thread may leave the network."""
_ERRORS = {kind.__name__: kind for kind in (ConfigError, FileError, MissingFileError, ModelError)}
"""What reading raises otherwise."""
_LONGEST_ANSWER = 1 << 20
_START_SECONDS = 60.0
"""Until Python and OpenVINO are loaded, on a machine that is busy."""


@dataclass(frozen=True)
class ReadingLimits:
    """What the process that reads may take.

    The defaults follow from the size of the files. Reading takes them about twice, the clean-up of what front ends give
    about once more, and the largest models of the benchmarks take a second for each 100 MB.

    Attributes:
        memory: bytes of address space, on top of what OpenVINO takes when it is loaded.
        seconds: of processor time; on a machine that is busy it may last four times as long.
        file_size: bytes of each file that it writes.
    """

    memory: int
    seconds: int
    file_size: int

    @classmethod
    def for_size(cls, size: int, seconds: float | None = None, memory: int | None = None) -> ReadingLimits:
        """The limits for a model of ``size`` bytes; what the caller states goes before the default."""
        return cls(
            memory=2 * 2**30 + 4 * size if memory is None else memory,
            seconds=60 + size // 10_000_000 if seconds is None else max(1, round(seconds)),
            file_size=2**26 + 2 * size,
        )


def read_untrusted(
    source: StrPath, weights: StrPath | None = None, *, seconds: float | None = None, memory: int | None = None
) -> Model:
    """Read a model file of unknown origin in a process of its own, with limits and, where possible, without a network.

    What comes back is what :func:`openpot.quantize` and the other functions take as a model.

    Args:
        source: a path of a model, as :func:`openpot.quantize` takes it.
        weights: the ``.bin`` of an IR if it does not lie beside the ``.xml`` under the same name.
        seconds: of processor time; default: a minute, and a second for each 10 MB.
        memory: bytes; default: 2 GiB, and four times the size of the files.

    Raises:
        ModelError: the file cannot be read, took too long, or ended the process that read it.
        OutOfMemoryError: it took more memory than it may.
        FileError: a file is missing, or there is no room for the copy.
        ConfigError: this system has no limits of this kind (Windows).
    """
    if os.name == "nt":
        raise ConfigError("untrusted models need limits of POSIX systems: use a virtual machine, or WSL, on Windows")
    path = Path(source)
    limits = ReadingLimits.for_size(_measure_size(path, weights), seconds, memory)
    with tempfile.TemporaryDirectory(prefix="openpot-untrusted-") as folder:
        home = Path(folder)
        request = {"model": str(path), "weights": None if weights is None else str(weights), "folder": folder}
        _run_reader(json.dumps({**request, **vars(limits)}), home, path, limits)
        _take_answer(home / ANSWER, path)
        return _read_copy(home, path)


def _measure_size(path: Path, weights: StrPath | None) -> int:
    """Bytes of the files that may belong to a model."""
    if path.is_dir():
        files = [*path.rglob("*")]
    elif path.suffix == ".onnx":  # its external data lie beside it, under any name
        files = [*path.parent.iterdir()] if path.parent.is_dir() else []
    else:
        files = [path, path.with_suffix(".bin") if weights is None else Path(weights)]
    return sum(file.stat().st_size for file in files if file.is_file())


def _run_reader(request: str, home: Path, path: Path, limits: ReadingLimits) -> None:
    """Wait for the process that reads.

    Raises:
        ModelError: it did not end by itself, or not well.
    """
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    process = subprocess.Popen(  # noqa: S603  nothing of the request is run
        [*_READER, request],
        env={**kept, **_ONE_THREAD, "HOME": str(home), "TMPDIR": str(home)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # an interrupt is for the caller, who ends it below
    )
    patience = _START_SECONDS + 4 * limits.seconds
    try:
        code = process.wait(patience)
    except subprocess.TimeoutExpired:
        raise ModelError(_explain(path, f"was not read within {patience:.0f} seconds")) from None
    finally:
        process.kill()
        process.wait()
    if code == -signal.SIGXCPU:
        raise ModelError(_explain(path, f"was not read within {limits.seconds} seconds of processor time"))
    if code < 0:
        name = signal.Signals(-code).name
        raise ModelError(_explain(path, f"ended the process that read it ({name}), which had {limits.memory:,} bytes"))
    if code != 0:
        raise ModelError(_explain(path, f"could not be read: the process that read it ended with exit code {code}"))


def _explain(path: Path, what: str) -> str:
    return (
        f"the untrusted model {str(path)!r} {what}: it is damaged, made to do harm, or larger than the limits allow. "
        "Nothing else came to harm. read_untrusted(seconds=..., memory=...) has other limits; a model that you trust "
        "needs none"
    )


def _take_answer(path: Path, source: Path) -> None:
    """Raise what went wrong over there, and warn of what it warned of."""
    try:
        if path.is_symlink() or path.stat().st_size > _LONGEST_ANSWER:
            raise ValueError("it is no plain answer")
        answer: dict[str, Any] = json.loads(path.read_bytes())
        texts, name, text = answer["warnings"], answer.get("error"), str(answer.get("text"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(_explain(source, f"was read by a process that gave no answer ({error})")) from error
    for warning in texts:
        warnings.warn(str(warning), OpenPotWarning, stacklevel=3)
    if name is None:
        return
    if name == OutOfMemoryError.__name__:
        raise OutOfMemoryError(_explain(source, f"takes more memory than it may ({text})"))
    raise _ERRORS.get(str(name), ModelError)(text)


def _read_copy(home: Path, source: Path) -> Model:
    """The model that was handed over; its files go, so that its constants are read into memory."""
    xml = home / f"{STEM}.xml"
    if any(file.is_symlink() for file in home.iterdir()):
        raise ModelError(_explain(source, "left links where files were expected"))
    try:
        return ov.Core().read_model(str(xml), config={"ENABLE_MMAP": False})
    except RuntimeError as error:
        raise ModelError(_explain(source, f"was handed over as a copy that cannot be read ({error})")) from error
