"""A data set with annotations from somewhere else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from openpot.data.item import Item, load_item
from openpot.data.loader import DataLoader
from openpot.errors import DataError, nearest_name_hint


class AnnotatedItems(DataLoader):
    """Another loader's items with annotations of their own.

    Args:
        source: gives the data, and its metadata.
        annotate: what becomes the annotation of an item.
    """

    def __init__(self, source: DataLoader, annotate: Callable[[Item], Any]) -> None:
        super().__init__(getattr(source, "config", None))
        self.source = source
        self._annotate = annotate

    def __len__(self) -> int:
        return len(self.source)

    def __getitem__(self, index: int) -> tuple[Any, Any, Any]:
        item = load_item(self.source, index)
        item = replace(item, annotation=self._annotate(item))
        return item.data, item.annotation, item.metadata


def with_annotations(source: DataLoader, annotations: Sequence[Any]) -> AnnotatedItems:
    """The items of ``source`` with one annotation each.

    Raises:
        DataError: there are more or fewer annotations than items.
    """
    if len(source) != len(annotations):
        raise DataError(f"{len(annotations)} annotations for {len(source)} items: expected one for each")
    return AnnotatedItems(source, lambda item: annotations[item.index])


def with_annotation_column(source: DataLoader, name: str | None) -> AnnotatedItems:
    """The items of ``source``, whose annotations are dicts, with one of its entries.

    Args:
        source: annotations are dicts by name, or None.
        name: which entry; None for the only one. Several without a name stay a dict.
    """

    def chosen(item: Item) -> Any:
        columns = item.annotation
        if not isinstance(columns, dict):
            if name is not None:
                raise DataError(f"item {item.index} has no annotation {name!r}: every array is an input of the model")
            return columns
        if name is None:
            return next(iter(columns.values())) if len(columns) == 1 else columns
        if name not in columns:
            raise DataError(f"item {item.index} has no annotation {name!r}; {nearest_name_hint(name, columns)}")
        return columns[name]

    return AnnotatedItems(source, chosen)
