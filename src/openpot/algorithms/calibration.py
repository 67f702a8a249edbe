"""One calibration pass for a group of algorithms: equal wishes on equal items are answered once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from openpot.algorithms.base import Algorithm
from openpot.errors import ConfigError
from openpot.statistics.calibration_subset import CalibrationSubset, num_items
from openpot.statistics.collector import Collected, StatisticsCollector, collect

if TYPE_CHECKING:
    from openpot.engine.base import Engine
    from openpot.graph.model import CompressedModel
    from openpot.progress import Progress
    from openpot.statistics.spec import StatisticSpec


def calibrate(
    engine: Engine | None, model: CompressedModel, algorithms: Sequence[Algorithm], progress: Progress | None = None
) -> None:
    """Let ``algorithms`` prepare ``model``, collect what they need on it and hand it to them.

    Algorithms of openpot with the same subset share one pass over the union of their specs; algorithms that ask
    through ``register_statistics`` share a collector.

    Raises:
        ConfigError: statistics are needed and there is no engine.
    """
    for algorithm in algorithms:
        algorithm.prepare(model)
    parts = [part for algorithm in algorithms for part in algorithm.parts]
    requests = [_Request(part, _definite_subset(engine, part), part.required_statistics(model)) for part in parts]
    collected: dict[CalibrationSubset, Collected] = {}
    for subset in dict.fromkeys(request.subset for request in requests if request.specs):
        union = dict.fromkeys(spec for request in requests if request.subset == subset for spec in request.specs)
        sampler = subset.sampler(present_engine(engine))
        collected[subset] = collect(
            present_engine(engine), model, tuple(union), sampler, progress, early_stop=subset.early_stop
        )
    for request in requests:
        found = collected.get(request.subset, Collected({}))
        request.part.inferences_observed = found.inferences if request.specs else None
        request.part.receive_statistics({spec: found.answers[spec] for spec in request.specs})
    _collect_registered(engine, model, parts)


@dataclass(frozen=True)
class _Request:
    """What one algorithm wants to know, of which items."""

    part: Algorithm
    subset: CalibrationSubset
    specs: tuple[StatisticSpec, ...]


def _definite_subset(engine: Engine | None, part: Algorithm) -> CalibrationSubset:
    """The subset of an algorithm with its number of items, so that equal subsets compare equal."""
    subset = part.calibration_subset() or CalibrationSubset()
    return subset if engine is None else subset.clipped_to(num_items(engine))


def present_engine(engine: Engine | None) -> Engine:
    """The engine, or a ConfigError that says what to do."""
    if engine is None:
        raise ConfigError("the pipeline has no engine, but its algorithms need statistics: pass one to create_pipeline")
    return engine


def _collect_registered(engine: Engine | None, model: CompressedModel, parts: Sequence[Algorithm]) -> None:
    """Run the older protocol for the algorithms that override ``register_statistics``."""
    asking = [part for part in parts if type(part).register_statistics is not Algorithm.register_statistics]
    if not asking:
        return
    collector = StatisticsCollector(present_engine(engine))
    for part in asking:
        part.register_statistics(model, collector)
        part.algo_collector = collector
    collector.compute_statistics(model)
