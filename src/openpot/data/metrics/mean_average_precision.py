"""Mean average precision of detectors, as COCO defines it (extra ``metrics``: faster-coco-eval)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from openpot.data.array_from import to_array
from openpot.data.extra_import import import_extra
from openpot.data.metrics.detections import Detections, read_detections
from openpot.data.metrics.per_sample_metric import PerSampleMetric
from openpot.errors import ConfigError, MetricError
from openpot.typing_aliases import Array

DecodeBoxes = Callable[[list[Any]], Detections]
"""The outputs of one image to detections."""


class MeanAveragePrecision(PerSampleMetric[tuple[Detections, Array, Array]]):
    """Area under the precision-recall curve, averaged over classes and overlaps.

    An annotation is a dict with ``boxes`` of shape ``(count, 4)`` (left, top, right, bottom) and ``labels`` of shape
    ``(count,)``; images without boxes belong to it too. Images without boxes and without detections score 1 alone.

    Args:
        iou: overlap from which a detection is right; None averages 0.50, 0.55, ... 0.95.
        max_detections: the best of one image that count.
        decode: makes :class:`Detections` of the outputs where :func:`read_detections` does not know their form.
        key: see :class:`PerSampleMetric`.
        name: how the value is called.

    Raises:
        MissingExtraError: faster-coco-eval is not installed.
    """

    def __init__(
        self,
        iou: float | None = None,
        max_detections: int = 100,
        decode: DecodeBoxes | None = None,
        key: str | None = None,
        name: str | None = None,
    ) -> None:
        if iou is not None and not 0 < iou < 1:
            raise ConfigError(f"iou must lie between 0 and 1, not {iou!r}")
        self._iou, self._max, self._decode = iou, max_detections, decode or read_detections
        self._library = import_extra("faster_coco_eval", "faster-coco-eval", "metrics", "the metric map")
        super().__init__(name or ("mAP" if iou is None else f"mAP@{iou:g}"), key, "map")

    def collect_evidence(self, outputs: list[Any], annotation: Any) -> tuple[Detections, Array, Array]:
        """Detections, boxes of shape ``(count, 4)`` and labels of shape ``(count,)`` of one image."""
        if not isinstance(annotation, Mapping) or not {"boxes", "labels"} <= set(annotation):
            raise MetricError(f"expected a dict with 'boxes' and 'labels' as annotation, got {annotation!r}")
        boxes = np.asarray(to_array(annotation["boxes"]), np.float64).reshape(-1, 4)
        labels = np.asarray(to_array(annotation["labels"])).reshape(-1).astype(np.int64)
        if len(boxes) != len(labels):
            raise MetricError(f"an annotation with {len(boxes)} boxes and {len(labels)} labels")
        return self._decode(outputs), boxes, labels

    def compute_value(self, evidence: Sequence[tuple[Detections, Array, Array]]) -> float:
        """The mean average precision over the images."""
        if not any(len(boxes) for _, boxes, _ in evidence):
            return float(not any(len(detections.boxes) for detections, _, _ in evidence))
        if not any(len(detections.boxes) for detections, _, _ in evidence):
            return 0.0
        truth = self._library.COCO(_make_ground_truth(evidence))
        run = self._library.COCOeval_faster(
            truth, truth.loadRes(_make_results(evidence)), iouType="bbox", print_function=_say_nothing
        )
        run.params.maxDets = [1, 10, self._max]
        if self._iou is not None:
            run.params.iouThrs = np.array([self._iou])
        run.evaluate()
        run.accumulate()
        precision = np.asarray(run.eval["precision"])[..., 0, -1]  # overlaps, recalls, classes; any size
        return float(precision[precision > -1].mean())


def _make_ground_truth(evidence: Sequence[tuple[Detections, Array, Array]]) -> dict[str, Any]:
    annotations: list[dict[str, Any]] = []
    for image, (_, boxes, labels) in enumerate(evidence, start=1):
        for box, label in zip(boxes, labels, strict=True):
            entry = {"id": len(annotations) + 1, "image_id": image, "category_id": int(label), "iscrowd": 0}
            annotations.append({**entry, **_measure_box(box)})
    categories = sorted({entry["category_id"] for entry in annotations})
    return {
        "info": {},
        "images": [{"id": image} for image in range(1, len(evidence) + 1)],
        "annotations": annotations,
        "categories": [{"id": category, "name": str(category)} for category in categories],
    }


def _make_results(evidence: Sequence[tuple[Detections, Array, Array]]) -> list[dict[str, Any]]:
    return [
        {"image_id": image, "category_id": int(label), "score": float(score), **_measure_box(box)}
        for image, (detections, _, _) in enumerate(evidence, start=1)
        for box, score, label in zip(detections.boxes, detections.scores, detections.labels, strict=True)
    ]


def _measure_box(box: Array) -> dict[str, Any]:
    left, top, right, bottom = (float(value) for value in box)
    width, height = right - left, bottom - top
    return {"bbox": [left, top, width, height], "area": max(width, 0) * max(height, 0)}


def _say_nothing(*texts: Any) -> None:
    """The library's own report is not wanted."""
