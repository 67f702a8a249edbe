"""Labelled real data that every machine has: its own files, whose extension says what they are.

For Magika's file-type network: the first and the last 1024 bytes of a file are its features, and an answer is right if
it is one of the labels that the extension allows. Files with equal features count once, so nothing that calibrates can
turn up again in the evaluation.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

BLOCK = 4096
ENDS = 1024
PADDING = 256
PER_TYPE = 40
CALIBRATION_PER_TYPE = 10

LABELS = {
    ".c": ("c",),
    ".cmake": ("cmake",),
    ".cpp": ("cpp", "c"),
    ".css": ("css",),
    ".csv": ("csv",),
    ".exe": ("pebin",),
    ".f90": ("fortran",),
    ".gif": ("gif",),
    ".gz": ("gzip",),
    ".h": ("c", "cpp"),
    ".hpp": ("cpp", "c"),
    ".html": ("html",),
    ".ini": ("ini",),
    ".jar": ("jar", "zip"),
    ".jpg": ("jpeg",),
    ".js": ("javascript",),
    ".json": ("json",),
    ".lua": ("lua",),
    ".m4": ("m4",),
    ".md": ("markdown", "txt"),
    ".npy": ("npy",),
    ".npz": ("npz", "zip"),
    ".onnx": ("onnx",),
    ".pdf": ("pdf",),
    ".pm": ("perl",),
    ".png": ("png",),
    ".po": ("po",),
    ".py": ("python",),
    ".pyc": ("pythonbytecode",),
    ".rb": ("ruby",),
    ".rst": ("rst", "txt"),
    ".sh": ("shell",),
    ".so": ("elf",),
    ".sql": ("sql",),
    ".svg": ("svg",),
    ".tcl": ("tcl",),
    ".toml": ("toml",),
    ".ttf": ("ttf",),
    ".wav": ("wav",),
    ".whl": ("zip", "jar"),
    ".xml": ("xml",),
    ".yaml": ("yaml",),
    ".yml": ("yaml",),
    ".zip": ("zip", "jar"),
}


@dataclass(frozen=True)
class LabelledFile:
    """The features of one file, int32 of shape (2048,), and the labels that are right for it."""

    path: Path
    features: np.ndarray
    labels: tuple[str, ...]


def file_features(path: Path) -> np.ndarray:
    """First and last 1024 bytes without surrounding white space, padded with 256: int32 of shape (2048,)."""
    with path.open("rb") as file:
        first = file.read(BLOCK)
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - BLOCK))
        last = file.read(BLOCK)
    first, last = first.lstrip()[:ENDS], last.rstrip()[-ENDS:]
    features = np.full(2 * ENDS, PADDING, np.int32)
    features[: len(first)] = np.frombuffer(first, np.uint8)
    features[2 * ENDS - len(last) :] = np.frombuffer(last, np.uint8)
    return features


def default_roots() -> list[Path]:
    """This Python with its packages, and what the system ships beside it."""
    roots = [
        Path(sys.base_prefix) / "lib",
        Path(sys.prefix),
        Path("/usr/share"),
        Path("/usr/lib"),
        Path("/usr/include"),
    ]
    return [root for root in roots if root.is_dir()]


def split_files(roots: Iterable[Path], per_type: int = PER_TYPE) -> tuple[list[LabelledFile], list[LabelledFile]]:
    """Files to calibrate with and, apart from them, files to evaluate on: at most ``per_type`` of each type in all."""
    calibration: list[LabelledFile] = []
    evaluation: list[LabelledFile] = []
    for suffix, paths in sorted(paths_by_suffix(roots).items()):
        chosen = distinct_files(paths, LABELS[suffix], per_type)
        calibration += chosen[:CALIBRATION_PER_TYPE]
        evaluation += chosen[CALIBRATION_PER_TYPE:]
    return calibration, evaluation


def paths_by_suffix(roots: Iterable[Path]) -> dict[str, list[Path]]:
    """Regular files with a known suffix, in an order that depends on their names alone."""
    found: dict[str, list[Path]] = {}
    for root in roots:
        for folder, _, names in os.walk(root):
            for name in names:
                suffix = Path(name).suffix
                if suffix in LABELS:
                    found.setdefault(suffix, []).append(Path(folder, name))
    for paths in found.values():
        paths.sort(key=lambda path: (hashlib.sha256(path.name.encode()).digest(), str(path)))
    return found


def distinct_files(paths: Iterable[Path], labels: tuple[str, ...], count: int) -> list[LabelledFile]:
    """The first ``count`` files of different names and different features, at least 64 bytes long."""
    chosen: list[LabelledFile] = []
    seen: set[bytes | str] = set()
    for path in readable_files(paths):
        features = file_features(path)
        if path.name in seen or features.tobytes() in seen:
            continue
        seen |= {path.name, features.tobytes()}
        chosen.append(LabelledFile(path, features, labels))
        if len(chosen) == count:
            break
    return chosen


def readable_files(paths: Iterable[Path]) -> Iterator[Path]:
    """Those that are no links, can be read and hold at least 64 bytes."""
    for path in paths:
        if not path.is_symlink() and path.is_file() and os.access(path, os.R_OK) and path.stat().st_size >= 64:
            yield path
