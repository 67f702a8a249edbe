"""A collated batch, as torch's DataLoader yields it, taken apart into samples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from openpot.data.array_from import is_array_like, to_array
from openpot.data.columns import split_columns
from openpot.data.input_description import InputDescription
from openpot.errors import DataError


def is_collating_loader(data: Any) -> bool:
    """Whether ``data`` is a ``torch.utils.data.DataLoader`` or behaves like one."""
    return all(hasattr(data, name) for name in ("dataset", "batch_size", "collate_fn", "__iter__"))


def yields_batches(loader: Any) -> bool:
    """Whether a collating loader joins samples; without a batch size it yields them one by one."""
    return loader.batch_size is not None or getattr(loader, "batch_sampler", None) is not None


def split_batch(batch: Any, inputs: Sequence[InputDescription], is_joined: bool = True) -> Iterator[tuple[Any, Any]]:
    """The ``(data, annotation)`` of each sample of ``batch``, data with a batch axis of 1.

    A list or tuple of as many elements as the model has inputs (two or more) is taken as all inputs in order; any
    other one as data and annotation. Columns of a dict that no input is named after are annotation. A batch is kept
    whole if the model takes several samples at a time, or if it is one sample (``is_joined`` is false).

    Raises:
        DataError: the batch holds no array with a batch axis.
    """
    data, annotation = _split_data_and_annotation(batch, inputs)
    if not is_joined or any(given.shape and (given.shape[0] or 0) > 1 for given in inputs):
        yield data, annotation
        return
    size = _find_batch_size(data)
    for row in range(size):
        yield _sample_of_data(data, row), _sample_of(annotation, row, size)


def _split_data_and_annotation(batch: Any, inputs: Sequence[InputDescription]) -> tuple[Any, Any]:
    if isinstance(batch, Mapping) and inputs:
        return split_columns(batch, inputs)
    if not isinstance(batch, list | tuple):
        return batch, None
    if len(batch) == len(inputs) > 1:
        return list(batch), None
    if len(batch) <= 1:
        return (batch[0] if batch else None), None
    return batch[0], batch[1] if len(batch) == 2 else list(batch[1:])


def _find_batch_size(data: Any) -> int:
    values = data.values() if isinstance(data, Mapping) else data if isinstance(data, list | tuple) else [data]
    for value in values:
        if is_array_like(value) and np.ndim(to_array(value)):
            return int(to_array(value).shape[0])
    raise DataError(
        f"a batch of type {type(data).__name__} holds no array with a batch axis: expected arrays or tensors"
    )


def _sample_of_data(data: Any, row: int) -> Any:
    if isinstance(data, Mapping):
        return {name: _sample_of_data(value, row) for name, value in data.items()}
    if isinstance(data, list | tuple) and all(is_array_like(value) for value in data):
        return [_sample_of_data(value, row) for value in data]
    return data[row : row + 1]


def _sample_of(annotation: Any, row: int, size: int) -> Any:
    """The row of whatever has one row for each sample; anything else belongs to all samples alike."""
    if isinstance(annotation, Mapping):
        return {name: _sample_of(value, row, size) for name, value in annotation.items()}
    if is_array_like(annotation):
        array = to_array(annotation)
        return array[row] if array.ndim and array.shape[0] == size else array
    if isinstance(annotation, list | tuple):
        if annotation and all(is_array_like(value) for value in annotation):
            return [_sample_of(value, row, size) for value in annotation]
        return annotation[row] if len(annotation) == size else annotation
    return annotation
