"""Top-k accuracy: the share of samples whose label is among the k classes with the highest scores."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from openpot.data.metrics.per_sample_metric import PerSampleMetric, choose_output, to_label
from openpot.errors import ConfigError, MetricError


class TopKAccuracy(PerSampleMetric[float]):
    """The share of samples whose label is among the ``k`` best scores; equal scores rank by class number.

    Args:
        k: how many classes may be guessed.
        output: number of the output with scores, of shape ``(batch, classes, ...)`` followed by axes of size 1.
        label_offset: added to each label, 1 for networks with a background class in front.
        key: see :class:`PerSampleMetric`.
        name: how the value is called.
    """

    def __init__(
        self, k: int = 1, output: int = 0, label_offset: int = 0, key: str | None = None, name: str | None = None
    ) -> None:
        if isinstance(k, bool) or not isinstance(k, int) or k < 1:
            raise ConfigError(f"k must be a whole number from 1, not {k!r}")
        self._k, self._output, self._offset = k, output, label_offset
        super().__init__(name or f"accuracy@top{k}", key, "accuracy")

    def collect_evidence(self, outputs: list[Any], annotation: Any) -> float:
        """1.0 for a hit, else 0.0."""
        scores = choose_output(outputs, self._output).ravel()
        label = to_label(annotation) + self._offset
        if not 0 <= label < scores.size:
            raise MetricError(f"label {label} of a model with {scores.size} scores: expected 0 to {scores.size - 1}")
        better = (scores > scores[label]).sum() + (scores[:label] == scores[label]).sum()
        return float(better < self._k)

    def compute_value(self, evidence: Sequence[float]) -> float:
        """The share of hits."""
        return math.fsum(evidence) / len(evidence)
