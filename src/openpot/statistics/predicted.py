"""Statistics from an engine that only knows ``set_model`` and ``predict``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from openpot.engine.call_predict import call_predict
from openpot.errors import EngineError
from openpot.graph.tensor_id import TensorId
from openpot.inference.statistic_reader import check_finite
from openpot.statistics.spec import StatisticSpec
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.engine.base import Engine
    from openpot.graph.model import CompressedModel
    from openpot.numerics.reducers import Reducer

ASKER = "openpot"
"""Under this name the engine finds the functions in its ``stat_aliases``."""


def predict_statistics(
    engine: Engine, model: CompressedModel, specs: Sequence[StatisticSpec], sampler: Any
) -> dict[StatisticSpec, Array]:
    """Let ``engine`` compute ``specs`` through a layout of functions ``{node: {reducer: reducer}}``.

    Returns:
        For each spec an array of shape ``()`` or ``(channels,)``, float64; none where the engine has no value.

    Raises:
        EngineError: the engine left out a statistic.
        DataError: a statistic is not finite.
    """
    layout: dict[Any, dict[Reducer, Reducer]] = {}
    aliases: dict[Any, dict[Reducer, list[str]]] = {}
    for spec in specs:
        key = make_node_key(model, spec.tensor)
        layout.setdefault(key, {})[spec.reducer] = spec.reducer
        aliases.setdefault(key, {})[spec.reducer] = [repr(spec.reducer)]
    engine.set_model(model)
    _, collected = call_predict(engine, layout, sampler, {ASKER: aliases})
    values_of = {spec: _read_values(engine, collected, model, spec) for spec in specs}
    if not any(values_of.values()):
        raise _make_missing_error(engine, specs[0])
    return {spec: spec.aggregator(values) for spec, values in values_of.items() if values}


def make_node_key(model: CompressedModel, tensor: TensorId) -> Any:
    """How layouts name a tensor: the node, or ``(node, port)`` where the node has several outputs."""
    for position in range(len(model.members)):
        snapshot = model.snapshot(position)
        if tensor.node in snapshot:
            several = len(snapshot[tensor.node].output_shapes) > 1
            return (tensor.node, tensor.port) if several else tensor.node
    return tuple(tensor) if tensor.port else tensor.node


def _read_values(engine: Engine, collected: Any, model: CompressedModel, spec: StatisticSpec) -> list[Array]:
    """One value for each inference in which the tensor was not empty, as the engine returned them."""
    try:
        values = list(collected[make_node_key(model, spec.tensor)][spec.reducer])
    except (KeyError, TypeError):
        raise _make_missing_error(engine, spec) from None
    for number, value in enumerate(values):
        check_finite(_to_numbers(engine, value, spec), f"inference {number}", spec.tensor, spec.reducer)
    return values


def _to_numbers(engine: Engine, value: Any, spec: StatisticSpec) -> Array:
    """The answer of one inference.

    Raises:
        EngineError: it is no array of numbers.
    """
    try:
        return np.asarray(value, np.float64)
    except (TypeError, ValueError):
        raise EngineError(
            f"{type(engine).__name__}.predict returned {value!r:.80} as {spec.reducer.kind} of {str(spec.tensor)!r}: "
            "expected what the function of stats_layout returned, an array of numbers"
        ) from None


def _make_missing_error(engine: Engine, spec: StatisticSpec) -> EngineError:
    return EngineError(
        f"{type(engine).__name__}.predict returned no {spec.reducer.kind} of {str(spec.tensor)!r}; expected "
        "{node: {statistic: [one value for each inference]}} with the keys of stats_layout"
    )
