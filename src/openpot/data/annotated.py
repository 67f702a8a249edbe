"""A data set with annotations from somewhere else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from openpot.data.loader import DataLoader
from openpot.data.sample import Sample, load_sample
from openpot.errors import DataError, suggest_nearest_name


class AnnotatedSamples(DataLoader):
    """Another loader's samples with annotations of their own.

    Args:
        source: gives the data, and its metadata.
        annotate: what becomes the annotation of a sample.
    """

    def __init__(self, source: DataLoader, annotate: Callable[[Sample], Any]) -> None:
        super().__init__(getattr(source, "config", None))
        self.source = source
        self._annotate = annotate

    def __len__(self) -> int:
        return len(self.source)

    def __getitem__(self, index: int) -> tuple[Any, Any, Any]:
        sample = load_sample(self.source, index)
        sample = replace(sample, annotation=self._annotate(sample))
        return sample.data, sample.annotation, sample.metadata


def add_annotations(source: DataLoader, annotations: Sequence[Any]) -> AnnotatedSamples:
    """The samples of ``source`` with one annotation each.

    Raises:
        DataError: there are more or fewer annotations than samples.
    """
    if len(source) != len(annotations):
        raise DataError(f"{len(annotations)} annotations for {len(source)} samples: expected one for each")
    return AnnotatedSamples(source, lambda sample: annotations[sample.index])


def choose_annotation_column(source: DataLoader, name: str | None) -> AnnotatedSamples:
    """The samples of ``source``, whose annotations are dicts, with one of its entries.

    Args:
        source: annotations are dicts by name, or None.
        name: which entry; None for the only one. Several without a name stay a dict.
    """

    def choose(sample: Sample) -> Any:
        columns = sample.annotation
        if not isinstance(columns, dict):
            if name is not None:
                raise DataError(
                    f"sample {sample.index} has no annotation {name!r}: every array is an input of the model"
                )
            return columns
        if name is None:
            return next(iter(columns.values())) if len(columns) == 1 else columns
        if name not in columns:
            raise DataError(f"sample {sample.index} has no annotation {name!r}; {suggest_nearest_name(name, columns)}")
        return columns[name]

    return AnnotatedSamples(source, choose)
