"""Boxes with scores and labels, out of the usual forms of detectors' outputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from openpot.data.array_from import is_array_like, to_array
from openpot.errors import MetricError
from openpot.typing_aliases import Array


@dataclass(frozen=True, eq=False)
class Detections:
    """What a detector found in one image.

    Attributes:
        boxes: ``(count, 4)``: left, top, right, bottom, in the units of the annotation.
        scores: ``(count,)``.
        labels: ``(count,)``, whole numbers.
    """

    boxes: Array
    scores: Array
    labels: Array

    def __post_init__(self) -> None:
        boxes = np.asarray(self.boxes, np.float64).reshape(-1, 4)
        scores = np.asarray(self.scores, np.float64).reshape(-1)
        labels = np.asarray(self.labels).reshape(-1).astype(np.int64)
        if not len(boxes) == len(scores) == len(labels):
            raise MetricError(f"{len(boxes)} boxes, {len(scores)} scores and {len(labels)} labels: expected as many")
        if not (np.isfinite(boxes).all() and np.isfinite(scores).all()):
            raise MetricError("boxes or scores are not finite numbers")
        for name, array in (("boxes", boxes), ("scores", scores), ("labels", labels)):
            object.__setattr__(self, name, array)


def read_detections(outputs: Sequence[Any]) -> Detections:
    """Detections out of the outputs of one image.

    Known forms: :class:`Detections`; a dict with ``boxes``, ``scores``, ``labels``; rows of 7 numbers (image, label,
    score, left, top, right, bottom), which end at a negative image, as DetectionOutput writes them; rows of 6 numbers
    (left, top, right, bottom, score, label).

    Raises:
        MetricError: it is none of them.
    """
    first = outputs[0] if outputs else None
    if isinstance(first, Detections):
        return first
    if isinstance(first, Mapping) and {"boxes", "scores", "labels"} <= set(first):
        return Detections(*(to_array(first[name]) for name in ("boxes", "scores", "labels")))
    if len(outputs) == 1 and is_array_like(first):
        rows = to_array(first)
        if rows.ndim > 1 and rows.shape[-1] == 7:
            rows = rows.reshape(-1, 7)
            ends = np.flatnonzero(rows[:, 0] < 0)
            rows = rows[: ends[0]] if ends.size else rows
            return Detections(rows[:, 3:], rows[:, 2], rows[:, 1])
        if rows.ndim > 1 and rows.shape[-1] == 6:
            rows = rows.reshape(-1, 6)
            return Detections(rows[:, :4], rows[:, 4], rows[:, 5])
    shapes = [getattr(entry, "shape", type(entry).__name__) for entry in outputs]
    raise MetricError(
        f"no known form of detections: {shapes}; give decode=, which makes Detections of the list of outputs"
    )
