"""What ready-made metrics share: outputs are split by sample, and a value follows from what is kept of each sample."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

import numpy as np

from openpot.data.array_from import is_array_like, to_array
from openpot.data.metric import Metric
from openpot.errors import MetricError, OpenPotError
from openpot.typing_aliases import Array

Evidence = TypeVar("Evidence")
"""What is kept of one sample: a hit, counts, a pair of texts."""


class PerSampleMetric(Metric, Generic[Evidence]):
    """A metric that keeps a little evidence of each sample; its value follows from the evidence of any set of samples.

    So ``value`` (each sample of the last update alone) and ``avg_value`` (all samples) have one definition.

    Args:
        name: how the value is called.
        key: which entry of an annotation is compared, where annotations are dicts; a dict with one entry needs none.
        kind: the ``type`` of :meth:`get_attributes`.
        higher_better: whether a larger value is a better one.
    """

    def __init__(self, name: str, key: str | None, kind: str, higher_better: bool = True) -> None:
        self._name = name
        self._key = key
        self._kind = kind
        self._higher_better = higher_better
        self._evidence: list[Evidence] = []
        self._last: list[Evidence] = []
        super().__init__()

    @abstractmethod
    def collect_evidence(self, outputs: list[Any], annotation: Any) -> Evidence:
        """What is kept of one sample.

        Args:
            outputs: one array of shape ``(1, ...)`` for each output of the model, or what the engine's
                ``postprocess_output`` made of the sample.
            annotation: what to compare with, already picked by ``key``.
        """

    @abstractmethod
    def compute_value(self, evidence: Sequence[Evidence]) -> float:
        """The value over the samples of ``evidence``, of which there is at least one."""

    @property
    def value(self) -> dict[str, list[float]]:
        """The value of each sample of the last update alone."""
        return {self._name: [self.compute_value([entry]) for entry in self._last]}

    @property
    def last_evidence(self) -> tuple[Evidence, ...]:
        """What was kept of each sample of the last update."""
        return tuple(self._last)

    @property
    def avg_value(self) -> dict[str, float]:
        """The value over everything since the last reset.

        Raises:
            MetricError: nothing was compared.
        """
        if not self._evidence:
            raise MetricError(
                f"the metric {self._name!r} has seen no sample with an annotation: give pairs (sample, annotation)"
            )
        return {self._name: self.compute_value(self._evidence)}

    @property
    def higher_better(self) -> bool:
        """Whether a larger value is a better one."""
        return self._higher_better

    def update(self, output: Any, target: Sequence[Any]) -> None:
        """Compare the samples of one inference with their annotations.

        Raises:
            MetricError: outputs or annotations do not have the form that the metric needs.
        """
        self._last = []
        for outputs, annotation in zip(split_outputs(output, len(target)), target, strict=True):
            number = len(self._evidence) + len(self._last)
            try:
                self._last.append(self.collect_evidence(outputs, pick(annotation, self._key)))
            except (OpenPotError, ValueError, TypeError, KeyError, IndexError) as error:
                text = error if isinstance(error, OpenPotError) else f"{type(error).__name__}: {error}"
                raise MetricError(
                    f"the metric {self._name!r}, sample number {number} that it was given: {text}"
                ) from error
        self._evidence += self._last

    def reset(self) -> None:
        """Forget everything."""
        self._evidence = []
        self._last = []

    def get_attributes(self) -> dict[str, dict[str, Any]]:
        """The direction and the kind of the value."""
        direction = "higher-better" if self._higher_better else "higher-worse"
        return {self._name: {"direction": direction, "type": self._kind}}


def split_outputs(output: Any, count: int) -> list[list[Any]]:
    """The outputs of one inference over ``count`` samples, one list for each sample; arrays keep a batch axis of 1.

    ``output`` is a list (or dict) of arrays with the batch axis first, or a list of other things, one for each sample.

    Raises:
        MetricError: an array cannot be taken apart.
    """
    outputs = list(output.values()) if isinstance(output, Mapping) else output
    if not isinstance(outputs, list | tuple):
        outputs = [outputs]
    if count == 1:
        return [list(outputs)]
    if not all(is_array_like(entry) for entry in outputs):
        if len(outputs) == count:
            return [[entry] for entry in outputs]
        raise MetricError(f"{len(outputs)} outputs for {count} samples: expected one for each sample, or arrays")
    arrays = [to_array(entry) for entry in outputs]
    for array in arrays:
        if array.ndim == 0 or array.shape[0] != count:
            raise MetricError(
                f"an output of shape {array.shape} cannot be taken apart into {count} samples: set the batch size to 1"
            )
    return [[array[row : row + 1] for array in arrays] for row in range(count)]


def pick(annotation: Any, key: str | None) -> Any:
    """The entry of an annotation that counts; an annotation that is no dict counts whole.

    Raises:
        MetricError: there is no such entry.
    """
    if not isinstance(annotation, Mapping):
        return annotation
    if key is None:
        return next(iter(annotation.values())) if len(annotation) == 1 else annotation
    if key not in annotation:
        raise MetricError(f"the annotation has no entry {key!r}; it has {sorted(map(str, annotation))}")
    return annotation[key]


def choose_output(outputs: Sequence[Any], number: int) -> Array:
    """Output ``number`` of the model as an array of finite numbers.

    Raises:
        MetricError: there is no such output, or it holds NaN.
    """
    if not -len(outputs) <= number < len(outputs):
        raise MetricError(f"the model has {len(outputs)} output(s), there is no output number {number}")
    array = to_array(outputs[number])
    if array.dtype.kind == "f" and np.isnan(array).any():
        raise MetricError(f"output number {number} holds NaN")
    return array


def to_label(annotation: Any) -> int:
    """A class number.

    Raises:
        MetricError: the annotation is no whole number.
    """
    if isinstance(annotation, str | bytes | Mapping):
        raise MetricError(f"expected a class number as annotation, got {annotation!r}; with a dict, name the key")
    array = to_array(annotation)
    if array.size != 1 or array.dtype.kind not in "iufb" or float(array.ravel()[0]) != math.floor(array.ravel()[0]):
        raise MetricError(f"expected a class number as annotation, got {annotation!r}")
    return int(array.ravel()[0])
