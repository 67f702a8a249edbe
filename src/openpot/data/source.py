"""A data set named by a text, as on a command line: what the text says decides how it is opened."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from openpot.data.adapt import make_data_loader
from openpot.data.callable_source import is_callable_name, open_callable
from openpot.data.image_files import has_image_suffix, is_pattern
from openpot.data.image_folder import open_image_folder
from openpot.data.input_description import InputDescription
from openpot.data.loader import DataLoader
from openpot.data.npz_archive import HEADER_ERRORS, open_npz
from openpot.errors import DataError, MissingFileError
from openpot.typing_aliases import StrPath

ACCEPTED_SOURCES = (
    "a folder of images, a pattern such as 'images/*.jpg', a .txt list of images, an image, an .npz archive, an .npy "
    "array with one row for each sample, or module:callable"
)


def open_data(
    data: Any, inputs: Sequence[InputDescription] = (), subset_size: int | None = None, **image_choices: Any
) -> DataLoader:
    """A data loader for whatever a user gives: a text or path goes to :func:`open_data_source`, anything else is data.

    Raises:
        MissingFileError: a path does not exist.
        DataError: the data set cannot be opened.
    """
    if isinstance(data, str | PathLike):
        return open_data_source(data, inputs, subset_size, **image_choices)
    return make_data_loader(data, inputs, subset_size)


def open_data_source(
    source: StrPath, inputs: Sequence[InputDescription] = (), subset_size: int | None = None, **image_choices: Any
) -> DataLoader:
    """A data loader for what ``source`` names.

    Args:
        source: a folder of images, a pattern, a ``.txt`` list of images, an image, an ``.npz`` archive, an ``.npy``
            array with one row for each sample, or ``module:callable``, whose code is run.
        inputs: the model's inputs.
        subset_size: how many samples are wanted, see :func:`make_data_loader`.
        **image_choices: attributes of :class:`openpot.data.image_preprocessing.ImagePreprocessing` for images. An
            :class:`openpot.data.image_folder.ImageLoader` comes back; show its ``preprocessing`` to the user.

    Raises:
        MissingFileError: nothing of that name exists.
        DataError: the data set cannot be opened.
    """
    text, path = str(source), Path(source)
    suffix = path.suffix.lower()
    if path.is_dir() or is_pattern(text) or (path.is_file() and (suffix == ".txt" or has_image_suffix(path))):
        return open_image_folder(text, inputs, **image_choices)
    if path.is_file() and suffix == ".npz":
        return open_npz(path, inputs)
    if path.is_file() and suffix == ".npy":
        return make_data_loader(_read_npy(path), inputs, subset_size)
    if path.exists():
        raise DataError(f"{text!r} is no data set that openpot can open; expected {ACCEPTED_SOURCES}")
    if is_callable_name(text):
        return open_callable(text, inputs, subset_size)
    raise MissingFileError(f"there is no file, folder or module:callable {text!r}; expected {ACCEPTED_SOURCES}")


def _read_npy(path: Path) -> Any:
    try:
        return np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, OSError, EOFError, *HEADER_ERRORS) as error:
        raise DataError(f"{path} is no .npy array that can be read: {error}") from error
