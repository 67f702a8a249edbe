"""A metric made of a plain function that scores one sample."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from openpot.data.metric import Metric
from openpot.data.metric_text import metric_by_text
from openpot.data.metrics.torch_metric import TorchMetric, is_foreign_metric
from openpot.errors import ConfigError, MetricError
from openpot.typing_aliases import Array

ScoreFunction = Callable[[list[Array], Any], float]


class CallableMetric(Metric):
    """The mean of ``function(outputs, annotation)`` over the samples.

    Args:
        function: gets a list with one array of shape ``(1, ...)`` for each output of the model, and the annotation of
            the sample; returns a finite number.
        name: how the value is called; default: the name of the function.
        higher_better: whether a larger value is a better one; None if nobody said so: then no drop can be asked for.
    """

    def __init__(self, function: ScoreFunction, name: str | None = None, higher_better: bool | None = None) -> None:
        self._function = function
        self._name = name or getattr(function, "__name__", "metric").replace("<lambda>", "metric")
        self._higher_better = higher_better
        self._scores: list[float] = []
        self._last: list[float] = []
        super().__init__()

    @property
    def value(self) -> dict[str, list[float]]:
        """Scores of the samples of the last update."""
        return {self._name: list(self._last)}

    @property
    def avg_value(self) -> dict[str, float]:
        """Mean score since the last reset.

        Raises:
            MetricError: nothing was scored.
        """
        if not self._scores:
            raise MetricError(
                f"the metric {self._name!r} has seen no sample with an annotation: give pairs (sample, label)"
            )
        return {self._name: math.fsum(self._scores) / len(self._scores)}

    @property
    def higher_better(self) -> bool:
        """Whether a larger value is a better one; True as well where that is not known."""
        return self._higher_better is not False

    def update(self, output: Sequence[Array], target: Sequence[Any]) -> None:
        """Score the samples of one inference.

        Raises:
            MetricError: the function raised, or did not return a finite number.
        """
        self._last = []
        for position, annotation in enumerate(target):
            outputs = list(output) if len(target) == 1 else [array[position : position + 1] for array in output]
            self._last.append(self._score(outputs, annotation))
        self._scores += self._last

    def _score(self, outputs: list[Array], annotation: Any) -> float:
        where = f"the metric {self._name!r}, sample number {len(self._scores) + len(self._last)} that it was given,"
        try:
            answer = self._function(outputs, annotation)
        except Exception as error:
            raise MetricError(f"{where} raised {type(error).__name__}: {error}") from error
        try:
            score = float(answer)
        except (TypeError, ValueError):
            raise MetricError(f"{where} returned {describe_value(answer)}: expected a finite number") from None
        if not math.isfinite(score):
            raise MetricError(f"{where} returned {score}: expected a finite number")
        return score

    def reset(self) -> None:
        """Forget everything."""
        self._scores = []
        self._last = []

    def get_attributes(self) -> dict[str, dict[str, Any]]:
        """The kind of the value, and its direction if that is known."""
        attributes = {"type": "mean"}
        if self._higher_better is not None:
            attributes["direction"] = "higher-better" if self._higher_better else "higher-worse"
        return {self._name: attributes}


def describe_value(value: Any) -> str:
    """What a value is, in a few words: arrays by their shape, anything else as Python shows it."""
    if getattr(value, "shape", ()):
        return f"an array of shape {tuple(value.shape)}"
    return f"{value!r:.100}"


def make_metric(metric: Any, higher_is_better: bool | None = None) -> Metric | None:
    """A metric of whatever measures one.

    Args:
        metric: a :class:`Metric`, an object of torchmetrics, a function ``(outputs, annotation) -> float``, the name of
            a ready-made metric with its parameters (``accuracy``, ``accuracy,k=5``), or None.
        higher_is_better: whether a larger value is a better one, for what does not say so itself.

    Raises:
        UnknownNameError: there is no metric of that name.
        ConfigError: it is none of them, or it says otherwise which direction is better.
    """
    if higher_is_better is not None and not isinstance(higher_is_better, bool):
        raise ConfigError(f"higher_is_better must be True or False, got {higher_is_better!r}")
    if metric is None:
        if higher_is_better is not None:
            raise ConfigError("higher_is_better is about a metric, and there is none: give one")
        return None
    if isinstance(metric, str):
        metric = metric_by_text(metric)
    if isinstance(metric, Metric):
        _require_same_direction(metric, higher_is_better)
        return metric
    if is_foreign_metric(metric):
        return TorchMetric(metric, higher_is_better)
    if callable(metric) and not isinstance(metric, type):
        return CallableMetric(metric, higher_better=higher_is_better)
    hint = f": write {metric.__name__}(...)" if isinstance(metric, type) else ""
    raise ConfigError(
        f"metric must be a Metric, the name of one, or a function (outputs, annotation) -> float, got {metric!r}{hint}"
    )


def _require_same_direction(metric: Metric, higher_is_better: bool | None) -> None:
    """A metric knows its direction; what is stated beside it must agree."""
    if higher_is_better is None:
        return
    expected = "higher-better" if higher_is_better else "higher-worse"
    for name, attributes in metric.get_attributes().items():
        if attributes.get("direction") != expected:
            raise ConfigError(
                f"higher_is_better={higher_is_better} contradicts the metric {name!r}, whose direction is "
                f"{attributes.get('direction')!r}: leave higher_is_better out, or mend get_attributes()"
            )
