"""Ready-made metrics as a configuration file gives them: a name of :mod:`openpot.data.metric_names` and parameters."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence

from openpot.config.data_section import MetricConfig
from openpot.data.callable_metric import CallableMetric
from openpot.data.callable_source import find_named
from openpot.data.metric import Metric
from openpot.data.metric_names import METRICS, metric_by_name
from openpot.data.several_metrics import SeveralMetrics
from openpot.errors import ConfigError

NOT_IN_FILES = frozenset({"name", "decode"})
"""Parameters of the classes that a file cannot give: the name has a key of its own, a function has none."""

OTHER_SPELLINGS: Mapping[str, str] = {"top_k": "k"}
"""Parameters as the Accuracy Checker spelled them."""


def list_metric_parameters() -> dict[str, tuple[str, ...]]:
    """The keys of each ready-made metric, in both spellings."""
    parameters = {}
    for name, kind in METRICS.items():
        keys = tuple(key for key in inspect.signature(kind).parameters if key not in NOT_IN_FILES)
        parameters[name] = (*keys, *(older for older, newer in OTHER_SPELLINGS.items() if newer in keys))
    return parameters


def make_metric(configs: Sequence[MetricConfig]) -> Metric | None:
    """One metric that tells all values; None where nothing is to be measured.

    Raises:
        ConfigError: a parameter is not possible, or two values have one name.
        DataError: a ``module:callable`` does not exist.
    """
    metrics = [_make(config) for config in configs]
    if not metrics:
        return None
    return metrics[0] if len(metrics) == 1 else SeveralMetrics(metrics)


def _make(config: MetricConfig) -> Metric:
    if config.callable is None:
        parameters = {OTHER_SPELLINGS.get(key, key): value for key, value in config.parameters.items()}
        return metric_by_name(config.name or "", **parameters)
    target = find_named(config.callable)
    if isinstance(target, type) and issubclass(target, Metric):
        target = target()
    if isinstance(target, Metric):
        return target
    if not callable(target):
        raise ConfigError(
            f"{config.callable}: expected a Metric, a class of one, or a function (outputs, annotation) -> float, got "
            f"{type(target).__name__}"
        )
    return CallableMetric(target, config.name, config.higher_better)
