"""Several metrics of the same outputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from openpot.data.metric import Metric
from openpot.errors import ConfigError


class SeveralMetrics(Metric):
    """All values of some metrics under their own names.

    Args:
        metrics: at least one; no two may have a value of the same name.
    """

    def __init__(self, metrics: Sequence[Metric]) -> None:
        self.metrics = tuple(metrics)
        names = [name for metric in self.metrics for name in metric.get_attributes()]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice or not names:
            raise ConfigError(f"expected metrics with values of different names, got {names}")
        super().__init__()

    @property
    def value(self) -> dict[str, Any]:
        """Values for the samples of the last update."""
        return {name: value for metric in self.metrics for name, value in metric.value.items()}

    @property
    def avg_value(self) -> dict[str, Any]:
        """Values over everything since the last reset."""
        return {name: value for metric in self.metrics for name, value in metric.avg_value.items()}

    def update(self, output: Any, target: Any) -> None:
        """Tell all of them."""
        for metric in self.metrics:
            metric.update(output, target)

    def reset(self) -> None:
        """Forget everything."""
        for metric in self.metrics:
            metric.reset()

    def get_attributes(self) -> dict[str, dict[str, Any]]:
        """The facts about all values."""
        return {name: facts for metric in self.metrics for name, facts in metric.get_attributes().items()}
