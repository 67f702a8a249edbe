"""What the caller of ``openpot.quantize`` asks for, validated before anything is read or run."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

from openpot.algorithms.algorithm_registry import AlgorithmConfigs
from openpot.config.algorithms import DefaultQuantizationConfig, OutputErrorLimit
from openpot.config.ignored_scope import IgnoredScope
from openpot.config.latency_goal import LatencyGoal
from openpot.config.parse import parse_algorithm
from openpot.data.callable_metric import CallableMetric
from openpot.data.metric import Metric
from openpot.errors import ConfigError, MetricError, UnknownNameError, suggest_nearest_name
from openpot.graph.node_index import NodeIndex
from openpot.graph.revisions import snapshot_graphs
from openpot.search.accuracy_target import find_directions

if TYPE_CHECKING:
    from openpot.config.accuracy_aware import AccuracyAwareConfig
    from openpot.graph.types import Model

IgnoredNames = IgnoredScope | Mapping[str, Any] | Iterable[str] | None
"""Names of operations that stay in float, or a whole ignored scope: names, patterns and types."""
Preset = Literal["performance", "mixed", "accuracy"]
TargetDevice = Literal["ANY", "CPU", "CPU_SPR", "GPU", "NPU", "GNA", "GNA3", "GNA3.5"]
"""Small letters do as well; type checkers want these."""
DropType = Literal["absolute", "relative"]
OptimizeFor = Literal["latency"]
ConfigT = TypeVar("ConfigT", bound="DefaultQuantizationConfig")

_SCOPE_WORDS = {"names": "scope", "types": "operations"}
_ARGUMENTS = {
    r"(DefaultQuantization|AccuracyAwareQuantization)\.params(\.|: )?": "",
    r"\bstat_subset_size\b": "subset_size",
    r"\bmaximal_drop\b": "max_drop",
    r"\bignored(\.everywhere)?\b": "ignored_scope",
}
"""What algorithms call the arguments of ``openpot.quantize``."""


def validate(  # noqa: PLR0913  those of openpot.quantize
    preset: str,
    target_device: str,
    ignored_scope: IgnoredNames,
    subset_size: int = 300,
    seed: int = 0,
    max_output_error: OutputErrorLimit = "auto",
    early_stop: bool = True,
    optimize_for: str | None = None,
    goal: LatencyGoal | None = None,
) -> DefaultQuantizationConfig:
    """The arguments of the caller as validated settings.

    Raises:
        ConfigError: one of them is not possible.
    """
    ignored_scope, _ = split_patterns(ignored_scope)
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
        **({} if goal is None else {name: value for name, value in asdict(goal).items() if value is not None}),
    }
    with spelled_as_arguments():
        parsed = parse_algorithm("DefaultQuantization", params, AlgorithmConfigs())
    return cast("DefaultQuantizationConfig", parsed)


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
    with spelled_as_arguments():
        parsed = parse_algorithm("AccuracyAwareQuantization", params, AlgorithmConfigs())
    result = cast("AccuracyAwareConfig", parsed)
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


@contextmanager
def spelled_as_arguments() -> Iterator[None]:
    """Errors inside name what is wrong as the caller of ``openpot.quantize`` spelled it."""
    try:
        yield
    except ConfigError as error:
        error.args = tuple(_spell(part) if isinstance(part, str) else part for part in error.args)
        raise


def _spell(text: str) -> str:
    for spelling, argument in _ARGUMENTS.items():
        text = re.sub(spelling, argument, text)
    return text


def split_patterns(ignored_scope: IgnoredNames) -> tuple[IgnoredNames, tuple[str, ...]]:
    """An ignored scope in the words of :class:`IgnoredScope`, and its patterns, which need a model.

    Args:
        ignored_scope: a mapping may have ``names`` for ``scope``, ``types`` for ``operations``, and ``patterns``.

    Raises:
        ConfigError: ``patterns`` are no list of texts.
    """
    if not isinstance(ignored_scope, Mapping):
        return ignored_scope, ()
    content = {_SCOPE_WORDS.get(key, key): value for key, value in ignored_scope.items()}
    patterns = content.pop("patterns", ())
    if isinstance(patterns, str) or not all(isinstance(pattern, str) for pattern in patterns):
        raise ConfigError(f"ignored_scope: patterns must be a list of regular expressions, got {patterns!r}")
    return content, tuple(patterns)


def check_ignored_names(model: Model, config: DefaultQuantizationConfig) -> None:
    """A name that does not exist would be a layer quantized although the user excluded it.

    Raises:
        UnknownNameError: an ignored name is none of the model's operations.
    """
    check_names_exist(model, config.ignored.select_for().scope)


def leave_out(model: Model, config: ConfigT, ignored_scope: IgnoredNames) -> ConfigT:
    """The configuration with the operations that patterns of the ignored scope match, after a check of all names.

    Raises:
        UnknownNameError: a name is none of the model's operations, or a pattern matches none.
        ConfigError: a pattern is no regular expression.
    """
    check_ignored_names(model, config)
    _, patterns = split_patterns(ignored_scope)
    if not patterns:
        return config
    scope = config.ignored.select_for()
    names = dict.fromkeys(name for pattern in patterns for name in match_names(model, pattern))
    wider = scope.model_copy(update={"scope": (*scope.scope, *names)})
    return config.model_copy(update={"ignored": config.ignored.model_copy(update={"everywhere": wider})})


def match_names(model: Model, pattern: str) -> list[str]:
    """The names of operations that a regular expression matches as a whole.

    Raises:
        UnknownNameError: there are none.
        ConfigError: it is no regular expression.
    """
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise ConfigError(f"ignored_scope: {pattern!r} is no regular expression: {error}") from error
    constants = snapshot_graphs(model)[""].constants
    names = [name for name in NodeIndex(model) if compiled.fullmatch(name) and name not in constants]
    if not names:
        raise UnknownNameError(f"ignored_scope: no operation of the model matches the pattern {pattern!r}")
    return names


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
