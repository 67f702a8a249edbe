"""The data set as a user writes it: samples by number."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from openpot.attribute_dict import AttributeDict
from openpot.errors import DataError


class DataLoader(ABC):
    """Loads and pre-processes the samples of a data set.

    A sample is ``(data, annotation)`` or ``(data, annotation, metadata)``, in the older order
    ``((index, annotation), data)`` with or without metadata, or ``data`` alone. ``data`` is an array of shape
    ``(...)`` with or without the batch axis, a dict of arrays by input name, or a list of arrays in the order of the
    model's inputs. ``annotation`` is what the metric compares with, or None.

    For a model that keeps a state, ``data`` may be a sequence of steps (:mod:`openpot.data.sequence`): arrays with one
    axis more than the inputs, the steps first, or a list of dicts, one for each step. The state is reset before each
    sample, and the metric gets the outputs of all steps at once, the steps first.

    Nothing in openpot needs what the constructor sets: a subclass may skip it.
    """

    def __init__(self, config: Mapping[str, Any] | None = None) -> None:
        self.config = AttributeDict(config or {})

    @abstractmethod
    def __getitem__(self, index: int) -> Any:
        """The sample number ``index``, counted from 0."""

    @abstractmethod
    def __len__(self) -> int:
        """Number of samples."""


def count_samples_in(loader: Any, kind: str | None = None) -> int:
    """What ``len(loader)`` says, if that can be.

    Args:
        loader: the data set.
        kind: what the user calls it; default: its class.

    Raises:
        DataError: ``__len__`` raises, or returns something that is no number of samples; or there are none.
    """
    kind = kind or type(loader).__name__
    try:
        count = len(loader)
    except Exception as error:
        raise DataError(
            f"{kind}.__len__ must return the number of samples, a whole number from 1; len() of it raised "
            f"{type(error).__name__}: {error}"
        ) from error
    if count == 0:
        raise DataError(f"the data set is empty: expected at least one sample in the {kind}, its len() is 0")
    return count
