"""F1: the harmonic mean of precision and recall, per class and averaged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from openpot.data.array_from import to_array
from openpot.data.metrics.per_sample_metric import PerSampleMetric, choose_output
from openpot.errors import ConfigError, MetricError
from openpot.typing_aliases import Array

AVERAGES = ("macro", "micro", "weighted", "binary")


class F1Score(PerSampleMetric[tuple[Array, Array]]):
    """``2 * hits / (predicted + actual)`` of each class, averaged.

    One label for each sample takes the highest of the scores; labels of shape ``(length,)`` (tokens, frames) take the
    highest along the last axis of scores of shape ``(1, length, classes)``; a single score is compared with
    ``threshold``. Classes count if they are predicted or actual anywhere; one without a hit counts 0.

    Args:
        average: ``macro`` (all classes alike), ``weighted`` (by how often they are actual), ``micro`` (all labels in
            one count) or ``binary`` (class 1 alone).
        output: number of the output with scores.
        threshold: where a single score becomes class 1.
        ignored_label: labels that do not count, such as -100 for padding.
        key: see :class:`PerSampleMetric`.
        name: how the value is called.
    """

    def __init__(
        self,
        average: str = "macro",
        output: int = 0,
        threshold: float = 0.5,
        ignored_label: int | None = None,
        key: str | None = None,
        name: str | None = None,
    ) -> None:
        if average not in AVERAGES:
            raise ConfigError(f"average must be one of {', '.join(AVERAGES)}, not {average!r}")
        self._average, self._output, self._threshold, self._ignored = average, output, threshold, ignored_label
        super().__init__(name or "f1", key, "f1")

    def collect_evidence(self, outputs: list[Any], annotation: Any) -> tuple[Array, Array]:
        """Predicted and actual labels, both of shape ``(length,)``."""
        actual = np.atleast_1d(to_array(annotation)).ravel()
        if actual.dtype.kind not in "iub":
            raise MetricError(f"expected class numbers as annotation, got {annotation!r}")
        predicted = self._predict(choose_output(outputs, self._output), actual.size)
        if predicted.size != actual.size:
            raise MetricError(f"{predicted.size} predictions for {actual.size} labels")
        counts = np.full(actual.size, True) if self._ignored is None else actual != self._ignored
        return predicted[counts].astype(np.int64), actual[counts].astype(np.int64)

    def _predict(self, scores: Array, num_labels: int) -> Array:
        if scores.size == num_labels:
            return np.asarray(scores.ravel() > self._threshold)
        if num_labels == 1:
            return np.array([scores.argmax()])
        return np.asarray(scores.argmax(axis=-1).ravel())

    def compute_value(self, evidence: Sequence[tuple[Array, Array]]) -> float:
        """The averaged F1."""
        predicted, actual = (np.concatenate([entry[side] for entry in evidence]) for side in (0, 1))
        if self._average == "micro":
            return float((predicted == actual).mean()) if actual.size else 0.0
        classes = np.array([1]) if self._average == "binary" else np.union1d(predicted, actual)
        if not classes.size:
            return 0.0
        hits = np.array([((predicted == each) & (actual == each)).sum() for each in classes])
        support = np.array([(actual == each).sum() for each in classes])
        counted = support + np.array([(predicted == each).sum() for each in classes])
        scores = np.divide(2 * hits, counted, out=np.zeros(classes.size), where=counted > 0)
        if self._average == "weighted":
            return float((scores * support).sum() / max(support.sum(), 1))
        return float(scores.mean())
