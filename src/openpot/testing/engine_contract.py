"""The contract of engines: :class:`openpot.Engine`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from openpot.data.sampler import create_sampler
from openpot.engine.call_predict import call_predict
from openpot.graph.model_digest import model_digest
from openpot.graph.operation_kinds import MAC_OPERATIONS
from openpot.testing.contract import Faults, is_close
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.model import CompressedModel

LARGEST, SMALLEST = "largest", "smallest"
SAMPLES = 3


def check_engine(engine: Any, model: CompressedModel, node: str | None = None) -> None:
    """Check an engine.

    ``set_model`` and ``predict`` leave the model as it is; ``predict`` returns metrics and statistics; the statistics
    have the keys of the layout, one value for each inference of the sampler in its order, what the functions of the
    layout returned; the same call gives the same; metrics have the names of ``get_metrics_attributes`` and start anew
    with every call.

    Args:
        engine: the engine, with at least three samples; with a metric that is checked as well.
        model: a model that it can run.
        node: whose output is observed; None for the first operation that multiplies.

    Raises:
        ContractError: it does not keep its contract.
    """
    faults = Faults(engine)
    before = _hash(model)
    with faults.unless_raised("set_model"):
        engine.set_model(model)
        _check_statistics(engine, node or _choose_node(model), faults)
        if getattr(engine, "metric", None) is not None:
            _check_metrics(engine, faults)
    faults.require(_hash(model) == before, "the model is another one afterwards: work on a copy")
    faults.conclude()


def _hash(model: CompressedModel) -> list[str]:
    return [model_digest(member.model) for member in model.members]


def _choose_node(model: CompressedModel) -> str:
    for position in range(len(model.members)):
        for name, record in model.snapshot(position).nodes.items():
            if record.type in MAC_OPERATIONS:
                return name
    return next(iter(model.snapshot().nodes))


def _largest(tensor: Array) -> float:
    return float(np.max(tensor))


def _smallest(tensor: Array) -> float:
    return float(np.min(tensor))


def _check_statistics(engine: Any, node: str, faults: Faults) -> None:
    first = _collect(engine, node, range(SAMPLES), faults)
    if first is None:
        return
    for values in first.values():
        faults.require(len(values) == SAMPLES, f"{len(values)} values of a statistic for {SAMPLES} inferences")
    if len(first) == 2 and all(len(values) == SAMPLES for values in first.values()):
        pairs = zip(first[LARGEST], first[SMALLEST], strict=True)
        if not all(_is_number(high) and _is_number(low) and high >= low for high, low in pairs):
            faults.add("the statistics are not what the functions of stats_layout returned")
    again = _collect(engine, node, range(SAMPLES), faults)
    if again is not None and not all(is_close(first[name], again.get(name)) for name in first):
        faults.add("the same call gives other statistics")
    turned = _collect(engine, node, range(SAMPLES)[::-1], faults)
    if turned is not None and not all(is_close(first[name], turned.get(name, [])[::-1]) for name in first):
        faults.add("statistics are not in the order of the sampler, or the sampler is not asked")


def _is_number(value: Any) -> bool:
    return np.ndim(value) == 0 and np.asarray(value).dtype.kind in "fiu"


def _collect(engine: Any, node: str, samples: range, faults: Faults) -> dict[str, list[Any]] | None:
    """The values of both statistics; None if they cannot be had."""
    layout = {node: {LARGEST: _largest, SMALLEST: _smallest}}
    aliases = {"check": {node: {_largest: [LARGEST], _smallest: [SMALLEST]}}}
    with faults.unless_raised("predict with stats_layout"):
        _, statistics = call_predict(engine, layout, create_sampler(engine, samples), aliases)
        by_node = statistics.get(node) if isinstance(statistics, Mapping) else None
        expected = f"statistics must be {{{node!r}: {{{LARGEST!r}: [one value for each inference], ...}}}}"
        if not isinstance(by_node, Mapping) or {*by_node} != {LARGEST, SMALLEST}:
            faults.add(f"{expected}, got {statistics!r:.120}")
            return None
        return {name: list(values) for name, values in by_node.items()}
    return None


def _check_metrics(engine: Any, faults: Faults) -> None:
    with faults.unless_raised("predict"):
        names = set(engine.get_metrics_attributes())
        first, _ = call_predict(engine)
        if not faults.require(isinstance(first, Mapping), f"metrics must be {{name: value}}, got {first!r:.80}"):
            return
        difference = f"metrics are {sorted(first)}, get_metrics_attributes() names {sorted(names)}"
        faults.require(set(first) == names, difference)
        call_predict(engine, sampler=create_sampler(engine, [0]))
        again, _ = call_predict(engine)
        is_same = isinstance(again, Mapping) and all(is_close(value, again.get(name)) for name, value in first.items())
        faults.require(is_same, f"the same call gives other metrics: {first}, then {again}; reset the metric each time")
