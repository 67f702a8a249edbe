"""One sample of a data set in one shape, whichever of the accepted orders the loader uses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from openpot.data.array_from import is_array_like, to_array
from openpot.data.watched_samples import load_watched
from openpot.errors import DataError, OutOfMemoryError
from openpot.typing_aliases import Array


class Steps(tuple[dict[str, Array], ...]):
    """The data of a sequence: arrays by input name for each step (:mod:`openpot.data.sequence`)."""


SampleData = Array | dict[str, Array] | list[Array] | Steps

ACCEPTED_FORMS = (
    "(data, annotation), (data, annotation, metadata), ((index, annotation), data) or data alone, where data is an "
    "array, a dict of arrays by input name, a list of arrays in the order of the inputs, or for a model that keeps a "
    "state a list of such dicts, one for each step"
)


@dataclass(frozen=True, eq=False)
class Sample:
    """One sample: what the model gets, what the metric compares with, and facts for post-processing.

    ``index`` is the number under which the loader was asked, ``metadata`` an empty dict if the loader gives none.
    """

    index: int
    data: SampleData
    annotation: Any = None
    metadata: Any = field(default_factory=dict)


def load_raw_sample(loader: Any, index: int) -> Any:
    """What the loader returns for sample ``index``, asked for exactly once.

    Raises:
        DataError: the loader raised; its exception is chained. Or it took longer than the limit of the run.
        OutOfMemoryError: the loader could not have the memory that it asked for.
    """
    try:
        return load_watched(f"sample {index}", lambda: loader[index])
    except DataError as error:
        if f"sample {index}" in str(error):
            raise
        raise DataError(f"sample {index}: the data loader raised DataError: {error}") from error
    except MemoryError as error:
        raise OutOfMemoryError(f"sample {index}: the data loader ran out of memory {error}".rstrip()) from error
    except StopIteration as error:
        raise DataError(
            f"sample {index}: the data loader ran out of samples (StopIteration), although its len() promises more: an "
            "iterator that __getitem__ advances must start again for every pass"
        ) from error
    except Exception as error:
        raise DataError(f"sample {index}: the data loader raised {type(error).__name__}: {error}") from error


def load_sample(loader: Any, index: int) -> Sample:
    """Load and parse sample ``index``.

    Raises:
        DataError: the loader raised, or returned something that is not a sample.
    """
    return parse_sample(load_raw_sample(loader, index), index)


def parse_sample(raw: Any, index: int) -> Sample:
    """Bring what a loader returned into one shape.

    Args:
        raw: one of the accepted forms, see :class:`openpot.data.loader.DataLoader`.
        index: number of the sample in the data set.

    Raises:
        DataError: ``raw`` has none of these forms, or holds no values.
    """
    data, annotation, metadata = split_sample(raw, index)
    return Sample(index, _parse_data(data, index), annotation, metadata)


def split_sample(raw: Any, index: int) -> tuple[Any, Any, Any]:
    """Data, annotation and metadata of what a loader returned, each as it is.

    Args:
        raw: one of the accepted forms, with data of any kind.
        index: number of the sample in the data set.

    Raises:
        DataError: a tuple of another length.
    """
    if not isinstance(raw, tuple):
        return raw, None, {}
    if len(raw) not in (2, 3):
        raise DataError(f"sample {index}: a tuple of {len(raw)} elements; expected {ACCEPTED_FORMS}")
    data, annotation = raw[0], raw[1]
    if _is_indexed_annotation(raw[0]):
        data, annotation = raw[1], raw[0][1]
    elif _is_annotation_by_index(raw[0], raw[1]):
        data, annotation = raw[1], next(iter(raw[0].values()))
    return data, annotation, raw[2] if len(raw) == 3 else {}


def _is_indexed_annotation(first: Any) -> bool:
    """Whether the first element is ``(index, annotation)``: a pair that does not start with input values."""
    if not isinstance(first, tuple) or len(first) != 2:
        return False
    return not (is_array_like(first[0]) and np.ndim(to_array(first[0])) > 0)


def _is_annotation_by_index(first: Any, second: Any) -> bool:
    """Whether the first element is ``{index: annotation}``; input names are never numbers."""
    if not isinstance(first, Mapping) or len(first) != 1 or not (is_array_like(second) or isinstance(second, Mapping)):
        return False
    return isinstance(next(iter(first)), int | np.integer)


def _parse_data(data: Any, index: int) -> SampleData:
    if data is None:
        raise DataError(f"sample {index} has no data (None): expected {ACCEPTED_FORMS}")
    if isinstance(data, Mapping):
        return _parse_mapping(data, index)
    if isinstance(data, list) and data and all(isinstance(step, Mapping) for step in data):
        return Steps(_parse_mapping(step, index) for step in data)
    if isinstance(data, list | tuple) and not _is_plain_numbers(data):
        if not data:
            raise DataError(
                f"sample {index} has no data (an empty list): expected one array for each input of the model"
            )
        return [_to_array(value, index, f"input number {position}") for position, value in enumerate(data)]
    array = _to_array(data, index, "data")
    if array.size == 0:
        raise DataError(f"sample {index} has no data: its array has shape {array.shape}, which holds no values")
    return array


def _parse_mapping(data: Mapping[Any, Any], index: int) -> dict[str, Array]:
    if not data:
        raise DataError(f"sample {index} has no data (an empty dict): expected one array for each input of the model")
    return {_check_name(name, index): _to_array(value, index, f"input {name!r}") for name, value in data.items()}


def _is_plain_numbers(values: list[Any] | tuple[Any, ...]) -> bool:
    return bool(values) and all(isinstance(value, int | float | np.number) for value in values)


def _check_name(name: Any, index: int) -> str:
    if isinstance(name, str):
        return name
    raise DataError(
        f"sample {index}: data is a dict with the key {name!r}; expected the names of the model's inputs as keys"
    )


def _to_array(value: Any, index: int, what: str) -> Array:
    if value is None:
        raise DataError(f"sample {index}, {what}: expected an array, got None")
    if isinstance(value, Mapping):
        raise DataError(f"sample {index}, {what}: expected an array, got a dict; a sample is {ACCEPTED_FORMS}")
    try:
        return to_array(value)
    except (TypeError, ValueError, RuntimeError) as error:
        raise DataError(f"sample {index}, {what}: a {type(value).__name__} that is no array: {error}") from error
