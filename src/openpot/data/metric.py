"""The measure of accuracy as a user writes it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from openpot.errors import MetricError


class Metric(ABC):
    """Accumulates the accuracy of a model over the samples of a data set.

    The constructor calls :meth:`reset`, so ``reset`` must not need what a subclass sets after ``super().__init__()``.
    """

    def __init__(self) -> None:
        self.reset()

    def __call__(self, output: Any, target: Any) -> None:
        """The same as :meth:`update`."""
        self.update(output, target)

    @property
    def value(self) -> dict[str, Any]:
        """Values for the samples of the last update, ``{metric_name: [one value per sample]}``.

        Raises:
            MetricError: the subclass does not define it; only algorithms that compare single samples need it.
        """
        raise MetricError(
            f"{type(self).__name__} has no property 'value': define it as {{metric_name: [value of each sample of the "
            "last update]}, because values per sample were asked for"
        )

    @property
    @abstractmethod
    def avg_value(self) -> dict[str, Any]:
        """Value over everything since the last reset, ``{metric_name: value}``."""

    @property
    def higher_better(self) -> bool:
        """Whether a larger value is a better one; algorithms read the ``direction`` of :meth:`get_attributes`."""
        return True

    @abstractmethod
    def update(self, output: Any, target: Any) -> None:
        """Take the outputs of one inference into account.

        Args:
            output: what the engine's ``postprocess_output`` returned: by default a list with one array of shape
                ``(batch, ...)`` for each output of the model.
            target: annotations of the samples of that inference, in their order.
        """

    @abstractmethod
    def reset(self) -> None:
        """Forget everything."""

    @abstractmethod
    def get_attributes(self) -> dict[str, dict[str, Any]]:
        """Facts about each value, ``{metric_name: {'direction': 'higher-better' or 'higher-worse', 'type': text}}``."""
