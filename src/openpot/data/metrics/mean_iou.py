"""Mean intersection over union of segmentation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from openpot.data.metrics.class_overlap import RegionReading
from openpot.data.metrics.per_sample_metric import PerSampleMetric, choose_output
from openpot.errors import ConfigError
from openpot.typing_aliases import Array


class MeanIoU(PerSampleMetric[Array]):
    """The mean over classes of common pixels through pixels in either region, counted over all samples.

    Classes that are neither predicted nor actual do not count. Where no pixel counts at all the value is 1.

    Args:
        num_classes: labels are 0 to ``num_classes - 1``.
        output: number of the output, see :class:`RegionReading` for its forms.
        class_axis: axis of the classes in it.
        ignored_label: pixels with this label do not count.
        threshold: of a single score, with two classes.
        key: see :class:`PerSampleMetric`.
        name: how the value is called.
    """

    def __init__(
        self,
        num_classes: int,
        output: int = 0,
        class_axis: int = 1,
        ignored_label: int | None = 255,
        threshold: float = 0.5,
        key: str | None = None,
        name: str = "mIoU",
    ) -> None:
        if num_classes < 1:
            raise ConfigError(f"num_classes must be a whole number from 1, not {num_classes!r}")
        self._output = output
        self._reading = RegionReading(num_classes, class_axis, ignored_label, threshold)
        super().__init__(name, key, "mean_iou")

    def collect_evidence(self, outputs: list[Any], annotation: Any) -> Array:
        """Counts of pixels, see :meth:`RegionReading.count_overlap`."""
        return self._reading.count_overlap(choose_output(outputs, self._output), annotation)

    def compute_value(self, evidence: Sequence[Array]) -> float:
        """The mean over the classes that occur."""
        common, predicted, actual = np.sum(evidence, axis=0)
        union = predicted + actual - common
        occurs = union > 0
        return float((common[occurs] / union[occurs]).mean()) if occurs.any() else 1.0
