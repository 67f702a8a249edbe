"""CascadeEngine: several networks that feed each other, run, measured and observed together.

What is particular to a cascade is how the answer of one network becomes the input of the next: cut out what was found,
enlarge it, look again. A user writes that as stages, one plain function each; all else is here.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from openpot.data.sample import parse_sample
from openpot.data.sampler import BatchSampler
from openpot.engine.base import Engine
from openpot.engine.cascade_member import CascadeMember, find_member_of_node
from openpot.engine.metric_updates import make_sample_records, update_metric
from openpot.engine.statistics_layout import CollectedStatistics, StatisticsLayout
from openpot.errors import ConfigError, EngineError, MetricError, OpenPotError, suggest_nearest_name
from openpot.graph.revisions import revision
from openpot.inference.feeds import number_batches
from openpot.inference.settings import EngineSettings

if TYPE_CHECKING:
    from openpot.data.metric import Metric
    from openpot.graph.model import CompressedModel

logger = logging.getLogger(__name__)

Infer = Callable[[Any], dict[str, Any]]
"""Runs the network of a stage: inputs to ``{name of an output: array}``, see :class:`CascadeMember`."""

Stage = Callable[[Infer, Any, Any], Any]
"""``stage(infer, data, earlier)``: the data of the sample, what the stage before returned (None for the first)."""


class CascadeEngine(Engine):
    """Runs cascades: for each sample one stage after the other, each with a network of its own.

    The metric gets ``[what the last stage returned]`` and ``[annotation]``, a sample at a time. While statistics are
    collected, every inference that a stage makes counts; the reductions run inside the networks.

    Args:
        config: ``device`` (default ``CPU``); other keys are kept, unused, for the user's stages.
        data_loader: the data set; ``data`` of a sample reaches the stages as it is.
        metric: the measure of accuracy.
        stages: ``{name of a network: function}`` in the order in which they run, or pairs of these where a network has
            several stages.

    Raises:
        ConfigError: there are no stages, or one is no function.
    """

    def __init__(
        self,
        config: Mapping[str, Any] | None = None,
        data_loader: Any = None,
        metric: Metric | None = None,
        stages: Mapping[str, Stage] | Iterable[tuple[str, Stage]] = (),
    ) -> None:
        super().__init__(config, data_loader, metric)
        self._device = EngineSettings.from_config(self.config).device
        self.stages = _check_stages(stages)
        self._model: CompressedModel | None = None
        self._ready: tuple[list[int], dict[str, CascadeMember]] | None = None

    def set_model(self, model: CompressedModel) -> None:
        """Use ``model``, as it is now, from now on.

        Raises:
            ConfigError: a stage is for a network that the cascade does not have.
        """
        names = [member.name for member in model.members]
        if model.is_cascade:
            for name, _ in self.stages:
                if name not in names:
                    raise ConfigError(f"a stage runs the network {name!r}; {suggest_nearest_name(name, names)}")
        elif len({name for name, _ in self.stages}) > 1:
            raise ConfigError(f"{len(self.stages)} stages for networks of their own, and the model is no cascade")
        self._model = model.copy()
        self._ready = None

    def predict(
        self,
        stats_layout: StatisticsLayout | None = None,
        sampler: Any = None,
        stat_aliases: Any = None,
        metric_per_sample: bool = False,
        print_progress: bool = False,
    ) -> tuple[Any, CollectedStatistics]:
        """Run the samples of ``sampler`` through all stages and update the metric, or collect statistics.

        With ``stats_layout`` the metric is left alone. See :meth:`openpot.engine.base.Engine.predict`.

        Raises:
            EngineError: no model was set, a stage raised, or an inference failed.
            DataError: a sample or what a stage feeds cannot be used, or no sample reached a network to be observed.
            MetricError: the metric raised.
        """
        if isinstance(stat_aliases, bool | np.bool_):
            metric_per_sample, print_progress = bool(stat_aliases), bool(metric_per_sample or print_progress)
        members = self._make_members(stats_layout) if stats_layout else self._get_plain_members()
        records: list[dict[str, Any]] = []
        num_updates = 0
        log = logger.info if print_progress else logger.debug
        log("Start inference of the cascade")
        try:
            for sample in self._load_samples(BatchSampler(self.data_loader) if sampler is None else sampler):
                answer = self._run_stages(members, sample.index, sample.data)
                if stats_layout or self._metric is None:
                    continue
                if update_metric(self._metric, [answer], [(sample.index, sample.annotation)]):
                    num_updates += 1
                    records += make_sample_records(self._metric, [sample.index]) if metric_per_sample else []
            log("Inference finished")
            if stats_layout:
                return None, _merge_statistics(members.values(), stats_layout)
            return self._read_metric(num_updates, records, metric_per_sample), {}
        finally:
            if self._metric is not None and not stats_layout:
                self._metric.reset()

    def run_sample(self, data: Any) -> Any:
        """What the last stage makes of ``data``.

        Raises:
            EngineError: no model was set, a stage raised, or an inference failed.
        """
        return self._run_stages(self._get_plain_members(), 0, data)

    def _load_samples(self, sampler: Any) -> Iterable[Any]:
        for batch in number_batches(sampler, self._data_loader):
            for raw, index in zip(batch.samples, batch.indices, strict=True):
                yield parse_sample(raw, index)

    def _run_stages(self, members: Mapping[str, CascadeMember], index: int, data: Any) -> Any:
        for member in members.values():
            member.start_sample(index)
        answer = None
        for number, (name, stage) in enumerate(self.stages, start=1):
            try:
                answer = stage(members[self._find_member_name(name)], data, answer)
            except (OpenPotError, MemoryError):
                raise
            except Exception as error:
                raise EngineError(
                    f"sample {index}: stage {number} ({name!r}) raised {type(error).__name__}: {error}"
                ) from error
        return answer

    def _find_member_name(self, stage_name: str) -> str:
        return stage_name if self._require_model().is_cascade else ""

    def _get_plain_members(self) -> dict[str, CascadeMember]:
        """The networks without statistics, compiled once."""
        state = [revision(member.model) for member in self._require_model().members]
        if self._ready is None or self._ready[0] != state:
            self._ready = (state, self._make_members({}))
        return self._ready[1]

    def _make_members(self, layout: StatisticsLayout) -> dict[str, CascadeMember]:
        model = self._require_model()
        names = [member.name for member in model.members]
        parts: dict[str, dict[Any, Any]] = {name: {} for name in names}
        for node, statistics in layout.items():
            parts[find_member_of_node(node, names)][node] = statistics
        return {
            member.name: CascadeMember(member.name or model.name, member.model, self._device, parts[member.name])
            for member in model.members
        }

    def _require_model(self) -> CompressedModel:
        if self._model is None:
            raise EngineError(f"{type(self).__name__} has no model yet: call set_model(model) before predict()")
        return self._model

    def _read_metric(self, num_updates: int, records: list[dict[str, Any]], per_sample: bool) -> Any:
        if self._metric is None:
            return None
        if not num_updates:
            logger.warning("the metric was not updated: no sample has an annotation")
            return None
        overall = self._metric.avg_value
        if not isinstance(overall, Mapping):
            raise MetricError(f"{type(self._metric).__name__}.avg_value must be a dict, it is {overall!r}")
        return (sorted(records, key=lambda record: record["sample_id"]), overall) if per_sample else overall


def _check_stages(stages: Mapping[str, Stage] | Iterable[tuple[str, Stage]]) -> tuple[tuple[str, Stage], ...]:
    pairs = tuple(stages.items()) if isinstance(stages, Mapping) else tuple(tuple(pair) for pair in stages)
    if not pairs:
        raise ConfigError("a cascade needs stages: {name of a network: function (infer, data, earlier)}")
    for pair in pairs:
        if len(pair) != 2 or not isinstance(pair[0], str) or not callable(pair[1]):
            raise ConfigError(f"a stage is the name of a network and a function (infer, data, earlier), not {pair!r}")
    return pairs  # type: ignore[return-value]  # checked above


def _merge_statistics(members: Iterable[CascadeMember], layout: StatisticsLayout) -> CollectedStatistics:
    """What all members saw, in the order of the layout."""
    seen: CollectedStatistics = {}
    for member in members:
        member.conclude()
        seen.update(member.statistics)
    return {node: seen[node] for node in layout}
