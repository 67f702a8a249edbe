"""Calling ``predict`` of any engine: POT's own signature has five parameters, the documented one four."""

from __future__ import annotations

import inspect
from typing import Any

from openpot.errors import EngineError, OpenPotError
from openpot.memory_errors import is_out_of_memory

_NAMES = ("stats_layout", "sampler", "stat_aliases", "metric_per_sample", "print_progress")
_DOCUMENTED = ("stats_layout", "sampler", "metric_per_sample", "print_progress")


def call_predict(
    engine: Any,
    stats_layout: Any = None,
    sampler: Any = None,
    stat_aliases: Any = None,
    metric_per_sample: bool = False,
    print_progress: bool = False,
) -> tuple[Any, Any]:
    """``engine.predict`` with whichever parameters it has; see :meth:`openpot.engine.base.Engine.predict`.

    Parameters are passed by name where the engine uses the known names, else by position. What an engine has no
    parameter for is left out if it is at its default.

    Raises:
        EngineError: the engine cannot do what is asked, raised an error that is not openpot's, or does not return a
            pair of metrics and statistics by name.
    """
    given = dict(zip(_NAMES, (stats_layout, sampler, stat_aliases, metric_per_sample, print_progress), strict=True))
    positional, named = _choose_arguments(engine, given)
    try:
        answer = engine.predict(*positional, **named)
    except (OpenPotError, MemoryError):
        raise
    except Exception as error:
        if type(engine).__module__.startswith("openpot.") or is_out_of_memory(error):
            raise
        raise EngineError(f"{type(engine).__name__}.predict raised {type(error).__name__}: {error}") from error
    if not isinstance(answer, tuple) or len(answer) != 2:
        raise EngineError(
            f"{type(engine).__name__}.predict must return a pair (metrics, statistics), it returned {answer!r:.80}"
        )
    expected = ("metrics, {name: value},", "statistics, {node: {statistic: values}},")
    for what, value in zip(expected, answer, strict=True):
        if isinstance(value, str | bytes | int | float):
            name = type(engine).__name__
            raise EngineError(f"{name}.predict returned {value!r:.80} where {what} or None is expected")
    return answer


def _choose_arguments(engine: Any, given: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    parameters = list(inspect.signature(engine.predict).parameters.values())
    ordinary = [p for p in parameters if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)]
    kinds = {parameter.kind for parameter in parameters}
    if _has_known_names(ordinary):
        # What **keywords would forward is only sent if it says something.
        forwarded = set(_set_values(given)) if inspect.Parameter.VAR_KEYWORD in kinds else set()
        known_names = {parameter.name for parameter in ordinary}
        return [], _select_arguments(engine, given, tuple(name for name in _NAMES if name in known_names | forwarded))
    if inspect.Parameter.VAR_POSITIONAL in kinds:
        if inspect.Parameter.VAR_KEYWORD in kinds:
            return [], _set_values(given)
        return list(given.values()), {}
    order = _NAMES if len(ordinary) >= len(_NAMES) else _DOCUMENTED
    return list(_select_arguments(engine, given, order[: len(ordinary)]).values()), {}


def _has_known_names(ordinary: list[inspect.Parameter]) -> bool:
    """Whether the parameters can be passed by name: the known names are used, others have defaults."""
    known = [p.name for p in ordinary if p.name in _NAMES and p.kind is not p.POSITIONAL_ONLY]
    others = [p for p in ordinary if p.name not in _NAMES]
    return set(known) >= set(_NAMES[:2]) and all(p.default is not p.empty for p in others)


def _set_values(given: dict[str, Any]) -> dict[str, Any]:
    """What is not at its default."""
    return {name: value for name, value in given.items() if value is not None and value is not False}


def _select_arguments(engine: Any, given: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """What the engine takes of what is given, in its own order."""
    needed = ("stats_layout", "sampler", "metric_per_sample")
    lost = [name for name in needed if name not in names and name in _set_values(given)]
    if lost:
        raise EngineError(
            f"{type(engine).__name__}.predict has no parameter {lost[0]}; expected the signature predict(stats_layout, "
            "sampler, metric_per_sample, print_progress) or that with stat_aliases in third place"
        )
    return {name: given[name] for name in names}
