"""Accuracy of classification: how often the right class is among the k likeliest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from openpot.data.metric import Metric
from openpot.errors import ConfigError, MetricError
from openpot.typing_aliases import Array


class TopKAccuracy(Metric):
    """Share of items whose class has one of the ``k`` largest scores; ties go to the lower class number.

    An annotation is the number of the class, or an array that holds this one number. Scores are the first output, all
    axes but the first one joined.

    Args:
        k: how many classes count.
        name: how the value is called; default ``accuracy@top<k>``.
    """

    def __init__(self, k: int = 1, name: str | None = None) -> None:
        if isinstance(k, bool) or not isinstance(k, int) or k < 1:
            raise ConfigError(f"k must be a whole number from 1, got {k!r}")
        self._k = k
        self._name = name or f"accuracy@top{k}"
        self._last: list[float] = []
        super().__init__()

    @property
    def value(self) -> dict[str, list[float]]:
        """1 or 0 for each item of the last update."""
        return {self._name: list(self._last)}

    @property
    def avg_value(self) -> dict[str, float]:
        """The share of right answers since the last reset.

        Raises:
            MetricError: nothing was seen.
        """
        if not self._num_items:
            raise MetricError(f"{self._name} has seen no item with an annotation")
        return {self._name: self._num_right / self._num_items}

    def update(self, output: Sequence[Array], target: Sequence[Any]) -> None:
        """Compare the scores of one inference, shape ``(batch, classes, ...)``, with its annotations.

        Raises:
            MetricError: there are fewer scores than annotations or classes, or an annotation is no class.
        """
        scores = np.asarray(output[0]).reshape(len(target), -1)
        if scores.shape[1] < 2:
            raise MetricError(f"{self._name}: expected a score for each class, the output has {scores.shape[1]}")
        order = np.argsort(-scores, axis=1, kind="stable")[:, : self._k]
        labels = [self._class_number(one, scores.shape[1]) for one in target]
        self._last = [float(label in row) for label, row in zip(labels, order.tolist(), strict=True)]
        self._num_right += int(sum(self._last))
        self._num_items += len(labels)

    def _class_number(self, annotation: Any, num_classes: int) -> int:
        values = np.asarray(annotation)
        if values.size != 1 or values.dtype.kind not in "iu":
            raise MetricError(f"{self._name}: expected the number of a class as annotation, got {annotation!r}")
        number = int(values.reshape(())) if values.ndim == 0 else int(values.ravel()[0])
        if not 0 <= number < num_classes:
            raise MetricError(f"{self._name}: the annotation is class {number}, the model knows 0 to {num_classes - 1}")
        return number

    def reset(self) -> None:
        """Forget everything."""
        self._last = []
        self._num_right = 0
        self._num_items = 0

    def get_attributes(self) -> dict[str, dict[str, Any]]:
        """The direction and the kind of the value."""
        return {self._name: {"direction": "higher-better", "type": "accuracy"}}
