"""POT's ``statistics.function_selector``: registries of statistic functions and aggregators, to which users add theirs.

A function that is registered here can be named in a range estimator: as ``type`` or as ``aggregator``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from openpot.config import registered_functions
from openpot.errors import UnknownNameError, suggest_nearest_name
from openpot.numerics import batch_functions, filter_functions, sample_functions
from openpot.registry import Registry

Function = Callable[..., Any]

ACTIVATIONS = registered_functions.ACTIVATIONS
WEIGHTS = registered_functions.WEIGHTS
PERCHANNEL = "perchannel"
PERTENSOR = "pertensor"


class FunctionRegistry(Registry[Function]):
    """Functions by name, readable like a dictionary too.

    Args:
        name: of the registry.
        functions: those that are there from the beginning.
    """

    def __init__(self, name: str, functions: Mapping[str, Any]) -> None:
        super().__init__(name)
        self.registry_dict.update(functions)

    def __getitem__(self, name: str) -> Function:
        return self.get(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.registry_dict)

    def __len__(self) -> int:
        return len(self.registry_dict)


_REDUCED = sample_functions.already_reduced

AGGREGATION_FN = FunctionRegistry("AggregationFunctions", batch_functions.BY_NAME)
"""Aggregators by name."""

ACTIVATIONS_STATS_FN: Mapping[str, Mapping[str, FunctionRegistry]] = {
    "compute_statistic": {
        PERCHANNEL: FunctionRegistry("ComputeActivationsPerchannelFunctions", sample_functions.PER_CHANNEL),
        PERTENSOR: FunctionRegistry("ComputeActivationsPertensorFunctions", sample_functions.PER_TENSOR),
    },
    "statistic_in_graph": {
        PERCHANNEL: FunctionRegistry(
            "GetActivationsPerchannelFunctions",
            dict.fromkeys(("max", "min", "abs_max", "mean", "mean_axis"), _REDUCED),
        ),
        PERTENSOR: FunctionRegistry(
            "GetActivationsPertensorFunctions", dict.fromkeys(("max", "min", "abs_max"), _REDUCED)
        ),
    },
}
"""Functions of activations: of the whole tensor, or of what the model itself has reduced."""

WEIGHTS_STATS_FN: Mapping[str, FunctionRegistry] = {
    PERCHANNEL: FunctionRegistry("WeightsPerchannelFunctions", filter_functions.PER_FILTER),
    PERTENSOR: FunctionRegistry("WeightsPertensorFunctions", filter_functions.PER_TENSOR),
}
"""Functions of weights."""

COMPUTED_PER_CHANNEL = ACTIVATIONS_STATS_FN["compute_statistic"][PERCHANNEL]
COMPUTED_PER_TENSOR = ACTIVATIONS_STATS_FN["compute_statistic"][PERTENSOR]
REDUCED_PER_CHANNEL = ACTIVATIONS_STATS_FN["statistic_in_graph"][PERCHANNEL]
REDUCED_PER_TENSOR = ACTIVATIONS_STATS_FN["statistic_in_graph"][PERTENSOR]
WEIGHTS_PER_CHANNEL = WEIGHTS_STATS_FN[PERCHANNEL]
WEIGHTS_PER_TENSOR = WEIGHTS_STATS_FN[PERTENSOR]

registered_functions.publish_functions(registered_functions.AGGREGATORS, "", AGGREGATION_FN.registry_dict)
for _granularity in (PERCHANNEL, PERTENSOR):
    _computed = ACTIVATIONS_STATS_FN["compute_statistic"][_granularity].registry_dict
    registered_functions.publish_functions(ACTIVATIONS, _granularity, _computed)
    registered_functions.publish_functions(WEIGHTS, _granularity, WEIGHTS_STATS_FN[_granularity].registry_dict)


def get_aggregation_function(name: str) -> Function:
    """The aggregator called ``name``.

    Raises:
        UnknownNameError: (a KeyError) there is none.
    """
    return AGGREGATION_FN.get(name)


def get_stats_function_for_activations(name: str, granularity: str, inplace_statistics: str) -> Function:
    """The function of activations called ``name``.

    Args:
        name: ``min``, ``max``, ``abs_max``, ``mean``, ``quantile``...
        granularity: ``pertensor`` or ``perchannel``.
        inplace_statistics: ``compute_statistic``, or ``statistic_in_graph`` for values that the model has reduced.

    Raises:
        UnknownNameError: (a KeyError) there is none.
    """
    by_granularity = _entry(ACTIVATIONS_STATS_FN, inplace_statistics, "way to compute a statistic")
    registry: FunctionRegistry = _entry(by_granularity, granularity, "granularity")
    return registry.get(name)


def get_stats_function_for_weights(name: str, granularity: str) -> Function:
    """The function of weights called ``name`` for a granularity.

    Raises:
        UnknownNameError: (a KeyError) there is none.
    """
    registry: FunctionRegistry = _entry(WEIGHTS_STATS_FN, granularity, "granularity")
    return registry.get(name)


def get_stats_function(tensor_type: str, name: str, granularity: str, inplace_statistics: str) -> Function:
    """The function for ``activations`` or ``weights``.

    Raises:
        UnknownNameError: (a KeyError) there is none.
    """
    if tensor_type == ACTIVATIONS:
        return get_stats_function_for_activations(name, granularity, inplace_statistics)
    if tensor_type == WEIGHTS:
        return get_stats_function_for_weights(name, granularity)
    raise UnknownNameError(f"there are statistics of 'activations' and of 'weights', not of {tensor_type!r}")


def _entry(table: Mapping[str, Any], name: str, what: str) -> Any:
    if name not in table:
        raise UnknownNameError(f"there is no {what} {name!r}: {suggest_nearest_name(name, table)}")
    return table[name]
