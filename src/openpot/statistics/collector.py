"""Collecting statistics in one pass for all who ask.

``collect_statistics`` answers the specs of openpot's algorithms. ``StatisticsCollector`` is POT's way to ask, by
layouts of functions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from openpot.current_run import current_run
from openpot.data.sampler import BatchSampler
from openpot.engine.call_predict import call_predict
from openpot.engine.direct_engine import find_direct_engine
from openpot.errors import EngineError
from openpot.progress import SilentProgress
from openpot.statistics.convergence import Convergence
from openpot.statistics.layout_request import LayoutRequest, group_by_sampler, merge_layouts
from openpot.statistics.predicted import predict_statistics
from openpot.statistics.recorded_pass import RecordedPass
from openpot.statistics.spec import StatisticSpec
from openpot.statistics.summary import SpecSummary, make_never_seen_error
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.engine.base import Engine
    from openpot.graph.model import CompressedModel
    from openpot.progress import Progress


def collect_statistics(
    engine: Engine,
    model: CompressedModel,
    specs: Sequence[StatisticSpec],
    sampler: Any,
    progress: Progress | None = None,
) -> dict[StatisticSpec, Array]:
    """Answer all ``specs`` in one pass over ``sampler``; see :func:`collect`.

    Raises:
        DataError: as there, or a tensor was empty in all inferences.
    """
    answers = collect(engine, model, specs, sampler, progress).answers
    for spec in specs:
        if spec not in answers:
            raise make_never_seen_error(spec)
    return dict(answers)


@dataclass(frozen=True, eq=False)
class Collected:
    """Answers to specs, and how many inferences they rest on (None where an engine of the user's made them)."""

    answers: Mapping[StatisticSpec, Array]
    inferences: int | None = None


def collect(
    engine: Engine,
    model: CompressedModel,
    specs: Sequence[StatisticSpec],
    sampler: Any,
    progress: Progress | None = None,
    early_stop: bool = False,
) -> Collected:
    """Answer all ``specs`` in one pass over ``sampler``, or over its first samples if they are enough.

    With an ``IEEngine`` they are computed inside the model; any other engine, or one whose methods are overridden, is
    asked through ``predict``.

    Args:
        engine: what infers.
        model: what is observed.
        specs: what to answer.
        sampler: which samples, in what order.
        progress: informed of every inference.
        early_stop: end the pass when the statistics have converged; not with engines that only predict.

    Returns:
        For each spec an array of shape ``()`` or ``(channels,)``, float64; none where the tensor was always empty.

    Raises:
        DataError: a sample cannot be used, or a statistic is not finite.
        EngineError: an inference failed, or a user's engine did not answer.
        ModelError: a tensor cannot be observed.
    """
    specs = tuple(dict.fromkeys(specs))
    if not specs:
        return Collected({}, 0)
    direct = find_direct_engine(engine, model)
    if direct is None:
        return Collected(predict_statistics(engine, model, specs, sampler))
    summary = SpecSummary(model.members[0].model, specs)
    is_enough = Convergence(summary).is_enough if early_stop else None
    run = current_run()
    if (run.is_recorded or run.workers) and type(sampler) is BatchSampler:
        settings, consume = direct.inference_settings, summary.update
        one_pass = RecordedPass(model.members[0].model, summary.requests, sampler, settings, consume, is_enough)
        count = one_pass.run(progress or SilentProgress())
    else:
        count = direct.observe(model, summary.requests, sampler, summary.update, progress, is_enough)
    return Collected(summary.compute_known_answers(), count)


class StatisticsCollector:
    """Collects statistics for algorithms that ask by layouts of functions, as POT's did.

    Args:
        engine: what infers.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._requests: dict[str, LayoutRequest] = {}
        self._collected: dict[str, dict[Any, dict[Any, list[Any]]]] = {}

    @property
    def accumulated_stats_by_algo(self) -> dict[str, dict[Any, dict[Any, list[Any]]]]:
        """What was collected, ``{algorithm: {node: {statistic: [one value for each inference]}}}``."""
        return self._collected

    def register(
        self,
        algo_name: str,
        stats_layout: Mapping[Any, Mapping[Any, Any]],
        sampler: Any,
        layers_mapping: Mapping[Any, Any] | None = None,
    ) -> None:
        """Ask for statistics; a second call of the same algorithm adds to what it asked for.

        Args:
            algo_name: who asks.
            stats_layout: ``{node: {statistic: function}}``.
            sampler: which samples; algorithms with equal samplers share a pass.
            layers_mapping: ``{name of a node in the layout: its name in the model}`` where they differ.
        """
        request = self._requests.setdefault(algo_name, LayoutRequest())
        request.add(stats_layout, sampler, layers_mapping or {})

    def compute_statistics(self, model: CompressedModel) -> None:
        """Collect on ``model`` all that was asked for, in one pass for each sampler."""
        self._collected = {name: {} for name in self._requests}
        asking = {name: request for name, request in self._requests.items() if request.layout}
        if not asking:
            return
        self._engine.set_model(model)
        for names in group_by_sampler({name: request.sampler for name, request in asking.items()}):
            group = {name: asking[name] for name in names}
            layout, aliases = merge_layouts(group)
            _, collected = call_predict(self._engine, layout, group[names[0]].sampler, aliases)
            for name, request in group.items():
                self._collected[name] = request.answer(collected)

    def get_statistics_for_algorithm(self, algo_name: str) -> dict[Any, dict[Any, list[Any]]]:
        """What an algorithm asked for, ``{node: {statistic: [one value for each inference]}}``.

        Raises:
            EngineError: the algorithm did not ask, or nothing was collected yet.
        """
        if algo_name not in self._requests:
            raise EngineError(f"{algo_name!r} has registered no statistics: call register() and compute_statistics()")
        if algo_name not in self._collected:
            raise EngineError(f"the statistics of {algo_name!r} are not collected yet: call compute_statistics(model)")
        return self._collected[algo_name]
