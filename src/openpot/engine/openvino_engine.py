"""IEEngine: inference, metrics and statistics with the OpenVINO runtime.

Statistics go through one instrumented model, asynchronously (``observe``). Everything else goes through the methods
that subclasses have always overridden; where one is overridden, samples run through it one by one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from openpot.data.sampler import BatchSampler
from openpot.engine.hooks import STATISTICS_HOOKS, find_overridden_hooks
from openpot.engine.metric_updates import read_average
from openpot.engine.overridable import OverridableEngine
from openpot.engine.statistics_layout import (
    CollectedStatistics,
    NodeStatistic,
    StatisticsLayout,
    collect_requests,
    find_tensor,
    make_empty_statistics,
)
from openpot.errors import EngineError, MetricError, OpenPotError
from openpot.graph.edit import set_tensor_names
from openpot.graph.lower_reducer import plan_packed_layout
from openpot.graph.node_index import NodeIndex
from openpot.inference.fixed_batch import drop_repeated
from openpot.inference.named_outputs import list_output_aliases, list_output_names
from openpot.inference.observation import Consume, IsEnough, observe_model
from openpot.inference.sequence_steps import StepOutputs

if TYPE_CHECKING:
    from openpot.graph.lower_reducer import Request
    from openpot.graph.model import CompressedModel
    from openpot.inference.feeds import Feed
    from openpot.inference.settings import EngineSettings
    from openpot.progress import Progress
    from openpot.typing_aliases import Array

ShowOutputs = Callable[["Feed", "Sequence[Array]"], None]
"""Gets the feed and the outputs of one inference."""

logger = logging.getLogger(__name__)


class IEEngine(OverridableEngine):
    """Runs single models on a device of this machine.

    Args:
        config: ``device`` (default ``CPU``), ``stat_requests_number`` and ``eval_requests_number`` (inferences under
            way at once; default: what is best), ``batch_dim`` (default 0), ``prefetch`` (load samples on a thread of
            their own; default true), ``sample_timeout`` (seconds after which a sample is given up; default: none).
            Other keys are kept for subclasses.
        data_loader: the data set.
        metric: the measure of accuracy.

    Raises:
        ConfigError: a setting is of the wrong kind.
        DeviceError: the device is not on this machine.
    """

    def set_model(self, model: CompressedModel) -> None:
        """Use ``model``, as it is now, from now on.

        Raises:
            EngineError: the model is a cascade.
        """
        _refuse_cascade(model)
        self._compiled = None
        self._model = self._set_model(model)[0]["model"]
        self._output_layers = list_output_names(self._require_model())
        self._output_aliases = list_output_aliases(self._require_model())

    def predict(
        self,
        stats_layout: StatisticsLayout | None = None,
        sampler: Any = None,
        stat_aliases: Any = None,
        metric_per_sample: bool = False,
        print_progress: bool = False,
    ) -> tuple[Any, CollectedStatistics]:
        """Infer the samples of ``sampler`` and tell the metric, or collect statistics.

        A bool as third positional argument is ``metric_per_sample``, and the fourth then ``print_progress``, as in the
        API reference. With ``stats_layout`` the metric is left alone, unless ``metric_per_sample`` asks for it.

        Args:
            stats_layout: ``{node: {statistic: function}}``. A function gets the tensor of one inference as float32;
                what it returns is kept, the tensor is not.
            sampler: which samples; None for the whole data set.
            stat_aliases: accepted for the sake of other engines.
            metric_per_sample: tell the values of each sample as well.
            print_progress: log the progress at INFO instead of DEBUG.

        Returns:
            The metrics ``{name: value}``, or with ``metric_per_sample`` a pair of records
            ``{'sample_id': number of the sample in the data set, 'metric_name', 'result'}`` and these metrics; None if
            no metric was updated. And the statistics ``{node: {statistic: [one value for each inference]}}`` in the
            order of the sampler; inferences in which a tensor has no element are left out.

        Raises:
            EngineError: no model was set, or an inference failed.
            DataError: a sample cannot be used.
            MetricError: the metric raised.
        """
        if isinstance(stat_aliases, bool | np.bool_):
            metric_per_sample, print_progress = bool(stat_aliases), bool(metric_per_sample or print_progress)
        self._require_model()
        if sampler is None:
            sampler = BatchSampler(self.data_loader)
        try:
            if stats_layout and not metric_per_sample and self.observes_directly:
                return None, self._observe_layout(stats_layout, sampler)
            statistics = self._collect_through_hooks(stats_layout or {}, sampler, metric_per_sample, print_progress)
            metrics = None if stats_layout and not metric_per_sample else self._read_metric_values(metric_per_sample)
            return metrics, statistics
        finally:
            self._reset()

    @property
    def inference_settings(self) -> EngineSettings:
        """Device, axis of the batch and numbers of requests, out of the configuration."""
        return self._settings

    @property
    def observes_directly(self) -> bool:
        """Whether ``observe`` sees what ``predict`` would: no method that decides about statistics is overridden."""
        return not find_overridden_hooks(self) & STATISTICS_HOOKS

    def observe(
        self,
        model: CompressedModel,
        requests: Sequence[Request],
        sampler: Any,
        consume: Consume,
        progress: Progress | None = None,
        is_enough: IsEnough | None = None,
    ) -> int:
        """Collect statistics in one asynchronous pass, reduced inside the compiled model wherever possible.

        For the same model and requests ``openpot.graph.lower_reducer.plan_packed_layout`` tells where in the
        packed vector the answer to each request is. What is delivered does not depend on the number of requests.

        Args:
            model: the model to observe; the model that was set is not touched.
            requests: tensors, each with a reducer or another callable, which gets the tensor as float32.
            sampler: which samples; None for the whole data set.
            consume: called on this thread for each inference, in the order of the sampler, with its number, the packed
                float32 vector, and ``{request index: answer}`` for requests that are not packed. Where a tensor has no
                element, its slice is NaN, or its index is absent; all other numbers are finite.
            progress: informed of every inference.
            is_enough: asked after every inference with their number so far; True ends the pass.

        Returns:
            The number of inferences that were delivered.

        Raises:
            EngineError: the model is a cascade, or an inference or a callable failed.
            DataError: a sample cannot be used, or a statistic is not finite; the message names sample and node.
            ModelError: a tensor cannot be observed.
        """
        _refuse_cascade(model)
        if sampler is None:
            sampler = BatchSampler(self.data_loader)
        graph = model.members[0].model
        return observe_model(graph, requests, sampler, consume, self._settings, self._data_loader, progress, is_enough)

    def score_outputs(self, model: CompressedModel, infer: Callable[[ShowOutputs], None]) -> dict[str, Any]:
        """The metrics of outputs that are computed outside, by a graph made from ``model``.

        Args:
            model: the model, whose names the outputs get for ``postprocess_output`` and the metric.
            infer: makes the inferences; calls what it is given with the feed and the outputs (in the order of the
                model) of each, on this thread and in the order of the samples.

        Raises:
            EngineError: the model is a cascade, or an inference failed.
            MetricError: the metric or a method of a subclass raised, or no sample has an annotation.
        """
        steps = StepOutputs()

        def show(feed: Feed, outputs: Sequence[Array]) -> None:
            named = dict(zip(self._output_layers, outputs, strict=True))
            if steps.add(feed, drop_repeated(named, feed, self._settings.batch_dim)):
                self._process_infer_output(None, steps.complete(), feed.annotations, feed.metadata, False)

        self.set_model(model)
        self._reset()
        try:
            infer(show)
            if self.metric is None or not self._is_metric_updated():
                raise MetricError("the metric was not updated: no sample that was scored has an annotation")
            return dict(read_average(self.metric))
        except (OpenPotError, MemoryError):
            raise
        except Exception as error:
            raise MetricError(f"scoring a model raised {type(error).__name__}: {error}") from error
        finally:
            self._reset()

    def _observe_layout(self, layout: StatisticsLayout, sampler: Any) -> CollectedStatistics:
        """The statistics of a layout through ``observe``."""
        model = self._require_model()
        requests, entries = collect_requests(layout, NodeIndex(model))
        slices = dict(plan_packed_layout(model, requests).packed)
        statistics = make_empty_statistics(layout)

        def consume(position: int, packed: Array, loose: dict[int, Any]) -> None:
            for entry in entries:
                value = entry.compute_value(slices, packed, loose)
                if value is not None:
                    statistics[entry.node_key][entry.statistic_key].append(value)

        observe_model(model, requests, sampler, consume, self._settings, self._data_loader)
        return statistics

    def _collect_through_hooks(
        self, layout: StatisticsLayout, sampler: Any, per_sample: bool, print_progress: bool
    ) -> CollectedStatistics:
        """One pass through the methods that subclasses may override."""
        if not layout:
            self._predict(None, sampler, print_progress, per_sample)
            return {}
        named_layout, key_of = self._convert_stats_names(layout)
        self._add_statistic_outputs(named_layout)
        self._predict(named_layout, sampler, print_progress, per_sample)
        statistics = make_empty_statistics(layout)
        for name, collected in self._accumulated_layer_stats.items():
            for statistic, values in collected.items():
                statistics[key_of[name]][statistic] = [value for _, value in values]
        if self._nx_model is not None:
            self.set_model(self._nx_model)  # without the outputs that were added
        return statistics

    def _add_statistic_outputs(self, layout: StatisticsLayout) -> None:
        """Make outputs of the tensors that the functions of a layout need, named as its keys."""
        needed: dict[str, None] = {}
        for name, statistics in layout.items():
            needed[name] = None
            for function in statistics.values():
                if isinstance(function, NodeStatistic):
                    needed.update(dict.fromkeys(function.list_companions(name)))
        nodes = NodeIndex(self._require_model())
        tensors = [find_tensor(name, nodes) for name in needed]
        outputs = self._add_outputs([(tensor.node, tensor.port) for tensor in tensors])
        for name, output in zip(needed, outputs, strict=True):
            set_tensor_names(output, {*output.get_names(), name})

    def _read_metric_values(self, per_sample: bool) -> Any:
        if self._metric is None:
            return None
        if not self._is_metric_updated():
            logger.warning("the metric was not updated: no sample has an annotation")
            return None
        overall = read_average(self._metric)
        if not per_sample:
            return overall
        return sorted(self._per_sample_metrics, key=lambda record: record["sample_id"]), overall

    def _is_metric_updated(self) -> bool:
        """Whether the metric saw a sample; a subclass that updates it itself is trusted to have done so."""
        return bool(self._num_metric_updates) or "_update_metrics" in find_overridden_hooks(self)


def _refuse_cascade(model: CompressedModel) -> None:
    if model.is_cascade:
        raise EngineError(
            f"IEEngine runs single models, and {getattr(model, 'name', None) or 'the model'!r} is a cascade of "
            f"{len(model.models)}: how its members feed each other is for an engine of your own (a subclass of Engine)"
        )
