"""POT's ``statistics.function_selector``: statistic functions by tensor type, granularity and name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from openpot.errors import UnknownNameError, nearest_name_hint
from openpot.numerics import batch_functions, filter_functions, sample_functions

Function = Callable[..., Any]

ACTIVATIONS = "activations"
WEIGHTS = "weights"
PERCHANNEL = "perchannel"
PERTENSOR = "pertensor"

AGGREGATION_FN: Mapping[str, Function] = batch_functions.BY_NAME
"""Aggregators by name."""

ACTIVATIONS_STATS_FN: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "compute_statistic": {PERCHANNEL: sample_functions.PER_CHANNEL, PERTENSOR: sample_functions.PER_TENSOR},
    "statistic_in_graph": {
        PERCHANNEL: dict.fromkeys(("max", "min", "abs_max", "mean", "mean_axis"), sample_functions.already_reduced),
        PERTENSOR: dict.fromkeys(("max", "min", "abs_max"), sample_functions.already_reduced),
    },
}
"""Functions of activations: of the whole tensor, or of what the model itself has reduced."""

WEIGHTS_STATS_FN: Mapping[str, Mapping[str, Any]] = {
    PERCHANNEL: filter_functions.PER_FILTER,
    PERTENSOR: filter_functions.PER_TENSOR,
}
"""Functions of weights."""


def get_aggregation_function(name: str) -> Function:
    """The aggregator called ``name``.

    Raises:
        UnknownNameError: (a KeyError) there is none.
    """
    function: Function = _entry(AGGREGATION_FN, name, "aggregation function")
    return function


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
    by_name = _entry(by_granularity, granularity, "granularity")
    function: Function = _entry(by_name, name, f"{granularity} function of activations")
    return function


def get_stats_function_for_weights(name: str, granularity: str) -> Function:
    """The function of weights called ``name`` for a granularity.

    Raises:
        UnknownNameError: (a KeyError) there is none.
    """
    by_name = _entry(WEIGHTS_STATS_FN, granularity, "granularity")
    function: Function = _entry(by_name, name, f"{granularity} function of weights")
    return function


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
        raise UnknownNameError(f"there is no {what} {name!r}: {nearest_name_hint(name, table)}")
    return table[name]
