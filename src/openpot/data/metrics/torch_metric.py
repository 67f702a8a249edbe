"""Metrics of torchmetrics as openpot's; neither torchmetrics nor torch is imported here, their objects are used."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from openpot.data.array_from import is_array_like, to_array
from openpot.data.metric import Metric
from openpot.data.metrics.per_sample_metric import pick, split_outputs
from openpot.errors import ConfigError, MetricError

Prepare = Callable[[list[Any], Any], tuple[Any, Any]]
"""Outputs and annotation of one sample to what the metric's ``update`` takes."""


def is_foreign_metric(candidate: Any) -> bool:
    """Whether ``candidate`` measures as torchmetrics' objects do: update, compute, reset, and called for one batch."""
    return callable(candidate) and all(
        callable(getattr(candidate, name, None)) for name in ("update", "compute", "reset")
    )


class TorchMetric(Metric):
    """A metric, or a collection of metrics, of torchmetrics.

    It is called for each sample in turn with the first output, as a tensor of shape ``(1, ...)``, and the annotation
    with a batch axis in front; ``prepare`` does it otherwise.

    Args:
        metric: the object; whoever has one has imported torch.
        higher_better: whether larger values are better, needed where the object does not say (``higher_is_better``).
        prepare: makes predictions and target of one sample's outputs and annotation.
        name: how the value is called; default: the name of the class. Collections have names of their own.
        key: which entry of an annotation is compared, where annotations are dicts.

    Raises:
        ConfigError: the object does not measure, or does not say which direction is better.
    """

    def __init__(
        self,
        metric: Any,
        higher_better: bool | None = None,
        prepare: Prepare | None = None,
        name: str | None = None,
        key: str | None = None,
    ) -> None:
        if not is_foreign_metric(metric):
            raise ConfigError(f"expected an object with update, compute and reset, got {metric!r}")
        self._metric, self._prepare, self._key = metric, prepare, key
        self._name = name or type(metric).__name__
        members = dict(metric.items()) if hasattr(metric, "items") else {self._name: metric}
        self._directions = {title: _find_direction(member, title, higher_better) for title, member in members.items()}
        self._count = 0
        self._last: list[dict[str, float]] = []
        super().__init__()

    @property
    def value(self) -> dict[str, list[float]]:
        """The values of each sample of the last update alone."""
        return {name: [entry[name] for entry in self._last] for name in self._directions}

    @property
    def avg_value(self) -> dict[str, float]:
        """What ``compute`` of the object tells.

        Raises:
            MetricError: nothing was compared, or a value is no single number.
        """
        if not self._count:
            raise MetricError(
                f"the metric {self._name!r} has seen no sample with an annotation: give pairs (sample, label)"
            )
        return self._to_numbers(self._metric.compute())

    @property
    def higher_better(self) -> bool:
        """Whether a larger value is a better one, for the first of several."""
        return next(iter(self._directions.values()))

    def update(self, output: Any, target: Sequence[Any]) -> None:
        """Compare the samples of one inference with their annotations.

        Raises:
            MetricError: outputs cannot be taken apart into samples, or a value is no single number.
        """
        self._last = []
        for outputs, annotation in zip(split_outputs(output, len(target)), target, strict=True):
            self._last.append(self._to_numbers(self._metric(*self._make_pair(outputs, pick(annotation, self._key)))))
        self._count += len(self._last)

    def reset(self) -> None:
        """Forget everything."""
        self._metric.reset()
        self._count = 0
        self._last = []

    def get_attributes(self) -> dict[str, dict[str, Any]]:
        """The direction and the kind of each value."""
        words = {True: "higher-better", False: "higher-worse"}
        return {name: {"direction": words[better], "type": name} for name, better in self._directions.items()}

    def _make_pair(self, outputs: list[Any], annotation: Any) -> tuple[Any, Any]:
        if self._prepare is not None:
            return self._prepare(outputs, annotation)
        return self._to_tensor(outputs[0]), self._to_tensor(_add_batch_axis(annotation))

    def _to_tensor(self, value: Any) -> Any:
        """An array as a tensor of the library that the metric comes from; a torch metric has loaded torch already."""
        torch = sys.modules.get("torch") if _is_of_torch(self._metric) else None
        if torch is None or not is_array_like(value):
            return value
        tensor = torch.from_numpy(np.array(to_array(value)))
        return tensor.to(self._metric.device) if hasattr(self._metric, "device") else tensor

    def _to_numbers(self, answer: Any) -> dict[str, float]:
        values = dict(answer) if isinstance(answer, Mapping) else {self._name: answer}
        numbers = {}
        for name in self._directions:
            if name not in values or to_array(values[name]).size != 1:
                given = {key: to_array(value).shape for key, value in values.items()}
                raise MetricError(
                    f"{type(self._metric).__name__}: expected one number called {name!r}, got shapes {given}; "
                    "let the metric average over classes"
                )
            numbers[name] = float(to_array(values[name]).ravel()[0])
        return numbers


def _add_batch_axis(annotation: Any) -> Any:
    if isinstance(annotation, int | float | np.generic) or is_array_like(annotation):
        return to_array(annotation)[None]
    return [annotation]


def _is_of_torch(metric: Any) -> bool:
    return any(kind.__module__.split(".")[0] == "torch" for kind in type(metric).__mro__)


def _find_direction(metric: Any, name: str, higher_better: bool | None) -> bool:
    reported = getattr(metric, "higher_is_better", None)
    if higher_better is None and reported is None:
        raise ConfigError(f"{name} does not say whether a higher value is better: pass higher_better=True or False")
    return bool(reported) if higher_better is None else higher_better
