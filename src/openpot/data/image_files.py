"""Finding image files: a folder, a pattern, a list in a text file, or one file."""

from __future__ import annotations

import glob
from pathlib import Path

from openpot.errors import DataError, MissingFileError
from openpot.typing_aliases import StrPath

IMAGE_SUFFIXES = frozenset(
    {
        ".avif", ".bmp", ".dib", ".gif", ".jfif", ".jp2", ".jpe", ".jpeg", ".jpg", ".pbm", ".pgm", ".png", ".pnm",
        ".ppm", ".tga", ".tif", ".tiff", ".webp",
    }
)  # fmt: skip
MAX_LIST_BYTES = 64 * 2**20


def has_image_suffix(path: Path) -> bool:
    """Whether the file name ends like that of an image."""
    return path.suffix.lower() in IMAGE_SUFFIXES


def is_pattern(text: str) -> bool:
    """Whether ``text`` holds wildcards."""
    return glob.has_magic(text)


def find_image_files(source: StrPath) -> tuple[Path, ...]:
    """Image files in the order of their names.

    Args:
        source: a folder (sub-folders included; other files are passed over), a pattern with wildcards, a ``.txt`` file
            with one path for each line, relative to it, or a single image.

    Raises:
        MissingFileError: the source, or a file that a list names, does not exist.
        DataError: no image is found.
    """
    text, path = str(source), Path(source)
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if has_image_suffix(file) and file.is_file())
    elif path.suffix.lower() == ".txt" and path.is_file():
        files = _read_listing(path)
    elif path.is_file():
        files = [path] if has_image_suffix(path) else []
    elif is_pattern(text):
        matches = (Path(file) for file in glob.glob(text, recursive=True))  # noqa: PTH207  the pattern may be absolute
        files = sorted(file for file in matches if has_image_suffix(file) and file.is_file())
    else:
        raise MissingFileError(f"there is no file or folder {text!r} to read images from")
    if not files:
        raise DataError(
            f"there are no images in {text!r}: expected files with the suffixes {', '.join(sorted(IMAGE_SUFFIXES))}"
        )
    return tuple(files)


def _read_listing(listing: Path) -> list[Path]:
    size = listing.stat().st_size
    if size > MAX_LIST_BYTES:
        raise DataError(f"{listing} has {size} bytes: too much for a list of image paths, one for each line")
    lines = (line.strip() for line in listing.read_text("utf-8").splitlines())
    files = [listing.parent / line for line in lines if line]
    missing = [file for file in files if not file.is_file()]
    if missing:
        raise MissingFileError(f"{listing} lists {len(missing)} files that do not exist, the first is {missing[0]}")
    return files
