"""Segmentation: label maps out of scores, and how much predicted and actual regions of each class overlap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from openpot.data.array_from import to_array
from openpot.errors import MetricError
from openpot.typing_aliases import Array


@dataclass(frozen=True)
class RegionReading:
    """How outputs and annotations become label maps.

    Attributes:
        num_classes: labels are 0 to ``num_classes - 1``.
        class_axis: axis of the scores of the classes, 1 for ``(batch, classes, height, width)``.
        ignored_label: pixels of this label in the annotation do not count.
        threshold: where one score for each pixel becomes class 1, with two classes.
    """

    num_classes: int
    class_axis: int = 1
    ignored_label: int | None = 255
    threshold: float = 0.5

    def count_overlap(self, output: Array, annotation: Any) -> Array:
        """Pixels of each class that are common, predicted and actual: int64 of shape ``(3, classes)``.

        Args:
            output: scores ``(1, classes, ...)``, one score ``(1, 1, ...)``, or labels ``(1, ...)``.
            annotation: labels ``(...)``.

        Raises:
            MetricError: shapes do not agree, or a label is outside the classes.
        """
        actual = to_array(annotation)
        predicted = self._read_labels(output, actual).reshape(-1)
        actual = actual.reshape(-1)
        if self.ignored_label is not None:
            counts = actual != self.ignored_label
            predicted, actual = predicted[counts], actual[counts]
        for labels, whose in ((predicted, "predicted"), (actual, "actual")):
            if labels.size and not 0 <= labels.min() <= labels.max() < self.num_classes:
                raise MetricError(
                    f"{whose} labels from {labels.min()} to {labels.max()}: expected 0 to {self.num_classes - 1}"
                )
        predicted, actual = predicted.astype(np.int64), actual.astype(np.int64)
        common = predicted[predicted == actual]
        return np.stack([np.bincount(labels, minlength=self.num_classes) for labels in (common, predicted, actual)])

    def _read_labels(self, output: Array, actual: Array) -> Array:
        pixels = tuple(size for size in actual.shape if size != 1)
        if tuple(size for size in output.shape if size != 1) == pixels and output.size == actual.size:
            if output.dtype.kind == "f" and self.num_classes == 2:
                return (output > self.threshold).astype(np.int64)
            return np.rint(output).astype(np.int64)
        axis = self.class_axis
        if output.ndim > axis and output.shape[axis] == self.num_classes:
            labels = output.argmax(axis)
            if tuple(size for size in labels.shape if size != 1) == pixels:
                return np.asarray(labels)
        raise MetricError(
            f"an output of shape {output.shape} and labels of shape {actual.shape}: expected scores of "
            f"{self.num_classes} classes on axis {axis}, or labels, of the same height and width; resize one of them"
        )
