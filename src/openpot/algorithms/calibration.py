"""One calibration pass for a group of algorithms: equal requests on equal samples are answered once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from openpot.algorithms.base import Algorithm
from openpot.algorithms.context import Calibration, PipelineContext
from openpot.errors import ConfigError
from openpot.statistics.calibration_subset import CalibrationSubset, count_samples
from openpot.statistics.collector import Collected, StatisticsCollector, collect

if TYPE_CHECKING:
    from openpot.engine.base import Engine
    from openpot.graph.model import CompressedModel
    from openpot.progress import Progress
    from openpot.statistics.spec import StatisticSpec

NO_CONTEXT = PipelineContext()


def calibrate(
    engine: Engine | None,
    model: CompressedModel,
    algorithms: Sequence[Algorithm],
    progress: Progress | None = None,
    context: PipelineContext = NO_CONTEXT,
) -> None:
    """Let ``algorithms`` prepare ``model``, collect what they need on it and hand it to them.

    Algorithms of openpot with the same subset share one pass over the union of their specs; algorithms that ask
    through ``register_statistics`` share a collector.

    Args:
        engine: runs the model.
        model: what is observed.
        algorithms: a group that shares passes over the data.
        progress: informed of every inference.
        context: what earlier algorithms did.

    Raises:
        ConfigError: statistics are needed and there is no engine.
    """
    for algorithm in algorithms:
        algorithm.receive_context(context)
        algorithm.prepare(model)
    requests = [
        _Request(algorithm, _fix_subset_size(engine, algorithm), algorithm.required_statistics(model))
        for algorithm in algorithms
    ]
    original = model.copy() if any(algorithm.needs_original for algorithm in algorithms) else None
    collected: dict[CalibrationSubset, Collected] = {}
    for subset in dict.fromkeys(request.subset for request in requests if request.specs):
        union = dict.fromkeys(spec for request in requests if request.subset == subset for spec in request.specs)
        sampler = subset.make_sampler(require_engine(engine))
        collected[subset] = collect(
            require_engine(engine), model, tuple(union), sampler, progress, early_stop=subset.early_stop
        )
    for request in requests:
        request.algorithm.receive_calibration(request.select_answers(collected, original))
    _collect_registered(engine, model, algorithms)


@dataclass(frozen=True)
class _Request:
    """What one algorithm asks for, and the samples to observe it on."""

    algorithm: Algorithm
    subset: CalibrationSubset
    specs: tuple[StatisticSpec, ...]

    def select_answers(
        self, collected: Mapping[CalibrationSubset, Collected], original: CompressedModel | None
    ) -> Calibration:
        """The algorithm's part of what was collected."""
        if not self.algorithm.needs_original:
            original = None
        if not self.specs:
            return Calibration(original=original)
        answers = collected[self.subset]
        known = {spec: answers.answers[spec] for spec in self.specs if spec in answers.answers}
        return Calibration(known, answers.inferences, original)


def _fix_subset_size(engine: Engine | None, algorithm: Algorithm) -> CalibrationSubset:
    """The subset of an algorithm with its number of samples, so that equal subsets compare equal."""
    subset = algorithm.calibration_subset() or CalibrationSubset()
    return subset if engine is None else subset.clip_to(count_samples(engine))


def require_engine(engine: Engine | None) -> Engine:
    """The engine, or a ConfigError that says what to do."""
    if engine is None:
        raise ConfigError("the pipeline has no engine, but its algorithms need statistics: pass one to create_pipeline")
    return engine


def _collect_registered(engine: Engine | None, model: CompressedModel, algorithms: Sequence[Algorithm]) -> None:
    """Run the older protocol for the algorithms that override ``register_statistics``."""
    asking = [algorithm for algorithm in algorithms if algorithm.asks_collector]
    if not asking:
        return
    collector = StatisticsCollector(require_engine(engine))
    for algorithm in asking:
        algorithm.register_statistics(model, collector)
        algorithm.algo_collector = collector
    collector.compute_statistics(model)
