"""Statistics and aggregators that users registered under names of their own, for range estimators to name them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from openpot.errors import UnknownNameError, suggest_nearest_name

Function = Callable[..., Any]

AGGREGATORS = "aggregators"
ACTIVATIONS = "activations"
WEIGHTS = "weights"

_tables: dict[tuple[str, str], Mapping[str, Function]] = {}
"""By what the functions are for, and by granularity (``perchannel``, ``pertensor``; empty for aggregators)."""


class RegisteredName(str):
    """The name of a function of a user, where a range estimator has one of openpot's own elsewhere."""

    __slots__ = ()
    is_quantile = False


def publish_functions(purpose: str, granularity: str, functions: Mapping[str, Function]) -> None:
    """Let range estimators name these functions, and those that are added to the table later."""
    _tables[purpose, granularity] = functions


def is_registered(name: object, *purposes: str) -> bool:
    """Whether a function of this name is published for one of these purposes."""
    return any(purpose in purposes and name in functions for (purpose, _), functions in _tables.items())


def find_function(purpose: str, granularity: str, name: str) -> Function:
    """The function that a name stands for.

    Raises:
        UnknownNameError: there is none for this purpose and granularity.
    """
    functions = _tables.get((purpose, granularity), {})
    if name not in functions:
        where = f"{purpose} {granularity}".strip()
        raise UnknownNameError(
            f"no function {name!r} is registered for {where}: {suggest_nearest_name(name, functions)}"
        )
    return functions[name]
