"""What the caller of ``openpot.quantize`` asks for, validated before anything is read or run."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

from openpot.algorithms.algorithm_registry import list_algorithm_configs
from openpot.config.algorithms import DefaultQuantizationConfig, OutputErrorLimit
from openpot.config.ignored_scope import IgnoredScope
from openpot.config.parse import parse_algorithm
from openpot.data.callable_metric import CallableMetric
from openpot.data.metric import Metric
from openpot.errors import ConfigError, MetricError, UnknownNameError, suggest_nearest_name
from openpot.graph.node_index import NodeIndex
from openpot.search.accuracy_target import find_directions

if TYPE_CHECKING:
    from openpot.config.accuracy_aware import AccuracyAwareConfig
    from openpot.graph.types import Model

IgnoredNames = IgnoredScope | Mapping[str, Any] | Iterable[str] | None
"""Names of operations that stay in float, or a whole ignored scope."""


def validate(  # noqa: PLR0913  those of openpot.quantize
    preset: str,
    target_device: str,
    ignored_scope: IgnoredNames,
    subset_size: int = 300,
    seed: int = 0,
    max_output_error: OutputErrorLimit = "auto",
    early_stop: bool = True,
    optimize_for: str | None = None,
) -> DefaultQuantizationConfig:
    """The arguments of the caller as validated settings.

    Raises:
        ConfigError: one of them is not possible.
    """
    if isinstance(ignored_scope, str):
        wanted = [ignored_scope]
        raise ConfigError(f"ignored_scope must be a list of names, not the text {ignored_scope!r}: write {wanted}")
    if isinstance(subset_size, bool) or not hasattr(subset_size, "__index__") or subset_size < 1:
        raise ConfigError(f"subset_size must be a whole number from 1, got {subset_size!r}")
    ignored = {} if ignored_scope is None else ignored_scope
    if not isinstance(ignored, IgnoredScope | Mapping):
        ignored = {"scope": list(ignored)}
    params = {
        "preset": preset,
        "target_device": target_device,
        "ignored": ignored,
        "stat_subset_size": int(subset_size),
        "shuffle_data": True,
        "seed": seed,
        "max_output_error": math.inf if max_output_error is None else max_output_error,
        "early_stop": early_stop,
        "optimize_for": optimize_for,
    }
    return cast("DefaultQuantizationConfig", parse_algorithm("DefaultQuantization", params, list_algorithm_configs()))


def add_drop(
    config: DefaultQuantizationConfig, metric: Metric | None, max_drop: float | None, drop_type: str
) -> DefaultQuantizationConfig:
    """The same configuration, and what may be lost of the metric if that is stated.

    Raises:
        ConfigError: the drop is not possible, or has nothing to be measured with.
    """
    if max_drop is None:
        if drop_type != "absolute":
            raise ConfigError(f"drop_type says how max_drop is meant: state max_drop too, got only {drop_type!r}")
        return config
    if metric is None:
        raise ConfigError("max_drop is a loss of the metric, and there is no metric: give one, or use max_output_error")
    if config.max_output_error not in ("auto", math.inf):
        raise ConfigError("max_drop and max_output_error are two targets for one decision: state one of them")
    values = {name: getattr(config, name) for name in config.model_fields_set - {"max_output_error"}}
    params = {**values, "maximal_drop": max_drop, "drop_type": drop_type}
    result = cast("AccuracyAwareConfig", parse_algorithm("AccuracyAwareQuantization", params, list_algorithm_configs()))
    require_direction(metric)
    return result


def require_direction(metric: Metric) -> None:
    """A drop is a loss only if it is known which of two values is the better one.

    Raises:
        ConfigError: a function was given without its direction.
        MetricError: the metric does not say its direction, or says it in two ways.
    """
    attributes = metric.get_attributes()
    if isinstance(metric, CallableMetric) and not all("direction" in attribute for attribute in attributes.values()):
        name = next(iter(attributes))
        raise ConfigError(
            f"max_drop needs to know which values of the function {name!r} are better: state higher_is_better=True or "
            "higher_is_better=False (--higher-is-better or --lower-is-better)"
        )
    directions = find_directions(attributes)
    says_so = type(metric).higher_better is not Metric.higher_better
    if says_so and len(directions) == 1 and metric.higher_better not in directions.values():
        raise MetricError(
            f"{type(metric).__name__}.higher_better is {metric.higher_better}, and the direction in get_attributes() "
            f"says {'higher' if not metric.higher_better else 'lower'} is better: make them agree"
        )


def check_ignored_names(model: Model, config: DefaultQuantizationConfig) -> None:
    """A name that does not exist would be a layer quantized although the user excluded it.

    Raises:
        UnknownNameError: an ignored name is none of the model's operations.
    """
    check_names_exist(model, config.ignored.select_for().scope)


def check_names_exist(model: Model, names: Iterable[str]) -> None:
    """Look up names of an ignored scope.

    Raises:
        UnknownNameError: one is none of the model's operations.
    """
    known = set(NodeIndex(model))
    for name in names:
        if name not in known:
            hint = suggest_nearest_name(name, known)
            raise UnknownNameError(f"ignored_scope: the model has no operation {name!r}; {hint}")
