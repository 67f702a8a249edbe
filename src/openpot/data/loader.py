"""The data set as a user writes it: samples by number."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from openpot.attribute_dict import AttributeDict


class DataLoader(ABC):
    """Loads and pre-processes the samples of a data set.

    A sample is ``(data, annotation)`` or ``(data, annotation, metadata)``, in the older order
    ``((index, annotation), data)`` with or without metadata, or ``data`` alone. ``data`` is an array of shape
    ``(...)`` with or without the batch axis, a dict of arrays by input name, or a list of arrays in the order of the
    model's inputs. ``annotation`` is what the metric compares with, or None.

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
