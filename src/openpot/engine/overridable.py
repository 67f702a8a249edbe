"""The methods and attributes of IEEngine that subclasses have always overridden or read, under their historic names."""

from __future__ import annotations

import logging
import math
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from time import perf_counter
from typing import TYPE_CHECKING, Any

from openpot.current_run import current_run
from openpot.data.guard import SampleGuard
from openpot.data.sample import parse_sample
from openpot.data.sampler import BatchSampler
from openpot.engine.base import Engine
from openpot.engine.hooks import find_overridden_hooks
from openpot.engine.metric_updates import make_sample_records, update_metric
from openpot.engine.shared_inference import infer_elsewhere
from openpot.engine.statistics_layout import NodeStatistic, StatisticsLayout, format_output_key
from openpot.errors import EngineError
from openpot.graph.edit import add_outputs, set_tensor_names
from openpot.graph.lower_reducer import find_observed_output
from openpot.graph.node_index import NodeIndex
from openpot.graph.revisions import revision
from openpot.graph.tensor_id import TensorId
from openpot.inference.compile import compile_model, get_runtime
from openpot.inference.feed_maker import FeedMaker, parse_samples
from openpot.inference.feeds import Feed, find_sample_number, generate_feeds
from openpot.inference.fixed_batch import drop_repeated
from openpot.inference.infer_queue import choose_request_count, run_in_order
from openpot.inference.model_inputs import describe_inputs
from openpot.inference.named_outputs import collect_arrays_by_name, name_outputs
from openpot.inference.observation import count_inferences, prefetch_feeds
from openpot.inference.sequence_steps import StepOutputs, stack_steps
from openpot.inference.settings import EngineSettings, clip_requests

if TYPE_CHECKING:
    from openpot.data.metric import Metric
    from openpot.graph.model import CompressedModel
    from openpot.graph.types import CompiledModel, Model, Output
    from openpot.typing_aliases import Array

logger = logging.getLogger(__name__)


class OverridableEngine(Engine):
    """One pass over the data as a chain of small methods, each of which a subclass may replace.

    ``_predict`` chooses between ``_process_dataset`` (one by one) and ``_process_dataset_async``; these call
    ``_process_batch``, ``_fill_input`` and, with the outputs, ``_process_infer_output``, which calls
    ``_collect_statistics``, ``postprocess_output`` and ``_update_metrics``. All but the first two run on the calling
    thread, in the order of the samples.
    """

    def __init__(
        self, config: Mapping[str, Any] | None = None, data_loader: Any = None, metric: Metric | None = None
    ) -> None:
        super().__init__(config, data_loader, metric)
        self._settings = EngineSettings.from_config(self.config)
        self._device = self._settings.device
        self._ie = get_runtime()
        self._model: Model | None = None
        self._nx_model: CompressedModel | None = None
        self._output_layers: list[str] = []
        self._output_aliases: dict[str, str] = {}
        self._accumulated_layer_stats: dict[str, dict[Any, list[tuple[Any, Any]]]] = {}
        self._per_sample_metrics: list[dict[str, Any]] = []
        self._num_metric_updates = 0
        self._compiled: tuple[Model, tuple[int, int], CompiledModel] | None = None

    @cached_property
    def _tmp_dir(self) -> tempfile.TemporaryDirectory[str]:
        """A folder for subclasses that save models, made when it is first asked for."""
        return tempfile.TemporaryDirectory(prefix="openpot-")

    @staticmethod
    def postprocess_output(outputs: dict[str, Array], _metadata: list[Any]) -> Any:
        """Turn the outputs of one inference into what the metric expects.

        Args:
            outputs: arrays of shape ``(batch, ...)`` by name, in the order of the model's outputs.
            _metadata: metadata of each sample, ``{}`` where the loader gives none.

        Returns:
            Here: the list of arrays.
        """
        return list(outputs.values())

    def _set_model(self, model: CompressedModel) -> list[dict[str, Any]]:
        """The runtime's models of a model, one for each member of a cascade: ``{'model': ..., 'name': ...}``."""
        self._nx_model = model
        return [
            {"model": member.model.clone(), **({"name": member.name} if model.is_cascade else {})}
            for member in model.members
        ]

    def _add_outputs(self, nodes_name: Sequence[tuple[str, int]]) -> list[Output]:
        """Make further outputs of ``(node, port)``; returns them in this order."""
        model = self._require_model()
        nodes = NodeIndex(model)
        return add_outputs(model, [find_observed_output(nodes, TensorId(*entry)) for entry in nodes_name])

    def _predict(
        self, stats_layout: Any, sampler: Any, print_progress: bool = False, need_metrics_per_sample: bool = False
    ) -> None:
        """Infer everything, one by one or asynchronously."""
        requests_num = self._get_requests_number(stats_layout)
        hooks = find_overridden_hooks(self)
        if requests_num == 1 or (hooks and "_process_dataset_async" not in hooks):
            self._process_dataset(stats_layout, sampler, print_progress, need_metrics_per_sample)
        else:
            self._process_dataset_async(stats_layout, sampler, print_progress, need_metrics_per_sample, requests_num)

    def _process_dataset(
        self, stats_layout: Any, sampler: Any, print_progress: bool = False, need_metrics_per_sample: bool = False
    ) -> None:
        """Infer everything one by one."""
        self._run(stats_layout, sampler, print_progress, need_metrics_per_sample, 1)

    def _process_dataset_async(
        self,
        stats_layout: Any,
        sampler: Any,
        print_progress: bool = False,
        need_metrics_per_sample: bool = False,
        requests_num: int = 0,
    ) -> None:
        """Infer everything with ``requests_num`` inferences under way (0: what is best)."""
        self._run(stats_layout, sampler, print_progress, need_metrics_per_sample, requests_num)

    def _run(self, stats_layout: Any, sampler: Any, print_progress: bool, per_sample: bool, num_requests: int) -> None:
        log = logger.info if print_progress else logger.debug
        total, start, steps = count_inferences(sampler), perf_counter(), StepOutputs()

        def deliver(feed: Feed, outputs: Mapping[Any, Array]) -> None:
            nonlocal start
            results, layout = drop_repeated(outputs, feed, self._settings.batch_dim), stats_layout
            if feed.is_of_sequence:
                if layout:
                    self._collect_statistics(results, layout, feed.annotations)
                if not steps.add(feed, results) or (layout and not per_sample):
                    return
                results, layout = steps.complete(), None
            self._process_infer_output(layout, results, feed.annotations, feed.metadata, per_sample)
            if self._print_inference_progress(log, feed.position, total, start, perf_counter()):
                start = perf_counter()

        log("Start inference of %d images", getattr(sampler, "num_samples", None) or total)
        workers = current_run().workers
        can_be_shared = type(sampler) is BatchSampler and not stats_layout and not find_overridden_hooks(self)
        model, settings = self._require_model(), self._settings
        if not (workers and can_be_shared and infer_elsewhere(workers, model, sampler, settings, deliver)):
            self._infer_here(sampler, num_requests, deliver, concludes=bool(stats_layout))
        log("Inference finished")

    def _infer_here(
        self, sampler: Any, wanted: int, deliver: Callable[[Feed, Mapping[Any, Array]], None], concludes: bool
    ) -> None:
        """Infer the samples with so many requests (0: what is best); at the end the data may be checked as a whole."""
        compiled = self._compile_current()
        num_requests = wanted or choose_request_count(compiled)
        prefetches = self._settings.prefetch and num_requests > 1
        make_feed = self._feed_maker(compiled, prefetches)
        source = generate_feeds(sampler, self._data_loader, make_feed)
        with prefetch_feeds(source, num_requests if prefetches else 0) as ready:
            run_in_order(compiled, ready, lambda feed, request: deliver(feed, request.results), num_requests)
        if concludes:
            make_feed.conclude()

    def _feed_maker(self, compiled: CompiledModel, copies: bool) -> FeedMaker:
        hooks = find_overridden_hooks(self)
        return FeedMaker(
            describe_inputs(compiled),
            self._settings.batch_dim,
            self._process_batch if "_process_batch" in hooks else None,
            (lambda data: self._fill_input(compiled, data)) if "_fill_input" in hooks else None,
            copies,
            self._settings.reshapes_samples,
        )

    @staticmethod
    def _process_batch(batch: Sequence[Any]) -> tuple[Any, Any, Any]:
        """Samples as the loader gave them to ``[(index, annotation)]``, ``[data]`` and ``[metadata]``.

        The index is the one that old-style samples carry, else the position in the batch.
        """
        samples = [parse_sample(raw, position) for position, raw in enumerate(batch)]
        annotations = [
            (find_sample_number(raw, sample.index), sample.annotation)
            for raw, sample in zip(batch, samples, strict=True)
        ]
        return annotations, [sample.data for sample in samples], [sample.metadata for sample in samples]

    def _fill_input(self, model: Model | CompiledModel, image_batch: Sequence[Any]) -> dict[Any, Array]:
        """The arrays to feed for the data of a batch, by name of the input (by number where it has no name)."""
        guard = SampleGuard(describe_inputs(model), self._settings.batch_dim, self._settings.reshapes_samples)
        arrays = guard.feed(parse_samples(list(image_batch), range(len(image_batch))))
        ports = list(model.inputs)
        return {min(ports[number].get_names(), default=number): array for number, array in arrays.items()}

    @staticmethod
    def _get_input_any_name(input_node: Output) -> str:
        """A name under which an input can be fed; one that has none gets that of its operation."""
        if not input_node.get_names():
            set_tensor_names(input_node, {input_node.get_node().get_friendly_name()})
        return str(input_node.get_any_name())

    def _process_infer_output(
        self,
        stats_layout: Any,
        predictions: Any,
        batch_annotations: Any,
        batch_meta: Any,
        need_metrics_per_sample: bool,
    ) -> None:
        """Use the outputs of one inference: for statistics, or for the metric."""
        if stats_layout:
            self._collect_statistics(predictions, stats_layout, batch_annotations)
            if not need_metrics_per_sample:
                return
        outputs = name_outputs(predictions, self._output_layers, self._output_aliases)
        processed = self.postprocess_output(outputs, batch_meta)
        if batch_annotations:
            self._update_metrics(processed, batch_annotations, need_metrics_per_sample)

    def _collect_statistics(self, outputs: Any, stats_layout: StatisticsLayout, annotations: Any = None) -> None:
        """Apply the functions of the layout (keys are names of outputs) to the outputs of one inference.

        ``outputs`` may be a list, one entry for each step of a sequence: the steps are stacked on a new axis.
        """
        index = annotations[0][0] if annotations and annotations[0][0] else 0
        tensors = stack_steps(outputs) if isinstance(outputs, list) else collect_arrays_by_name(outputs)
        for node, statistics in stats_layout.items():
            values = self._accumulated_layer_stats.setdefault(node, {})
            for name, function in statistics.items():
                collected = values.setdefault(name, [])
                if node not in tensors or not tensors[node].size:
                    continue
                if isinstance(function, NodeStatistic):
                    collected.append((index, function.compute_for_node(tensors, node)))
                else:
                    collected.append((index, function(tensors[node])))

    def _update_metrics(self, output: Any, annotations: Any, need_metrics_per_sample: bool = False) -> None:
        """Show one inference to the metric; nothing happens if a sample has no annotation."""
        if self._metric is None or not update_metric(self._metric, output, annotations):
            return
        self._num_metric_updates += 1
        if need_metrics_per_sample:
            self._per_sample_metrics += make_sample_records(self._metric, [index for index, _ in annotations])

    def _get_requests_number(self, stats_layout: Any) -> int:
        """How many inferences may be under way at once; 0 for what is best."""
        number = self._stat_requests_number if stats_layout else self._eval_requests_number
        return clip_requests(number)

    @staticmethod
    def _print_inference_progress(
        log_fn: Callable[..., None], current_id: int, total_dataset_size: int, start_time: float, finish_time: float
    ) -> bool:
        """Log after each tenth of the batches; tells whether it did."""
        if not total_dataset_size or (current_id + 1) % math.ceil(total_dataset_size / 10):
            return False
        log_fn("%d/%d batches are processed in %.2fs", current_id + 1, total_dataset_size, finish_time - start_time)
        return True

    @staticmethod
    def _convert_stats_names(stats_layout: StatisticsLayout) -> tuple[dict[str, Any], dict[str, Any]]:
        """The layout with its keys as texts (``name.port`` for tuples), and the original key of each text."""
        return (
            {format_output_key(key): dict(statistics) for key, statistics in stats_layout.items()},
            {format_output_key(key): key for key in stats_layout},
        )

    def _reset(self) -> None:
        """Forget the metric's values and the statistics."""
        if self._metric is not None:
            self._metric.reset()
        self._per_sample_metrics = []
        self._accumulated_layer_stats = {}
        self._num_metric_updates = 0

    def _require_model(self) -> Model:
        if self._model is None:
            raise EngineError(f"{type(self).__name__} has no model yet: call set_model(model) before predict()")
        return self._model

    def _compile_current(self) -> CompiledModel:
        """The current model, compiled once: the weights of a compiled model are a copy, so only one is kept."""
        model = self._require_model()
        state = (revision(model), len(model.outputs))
        if self._compiled is not None and (self._compiled[0] is not model or self._compiled[1] != state):
            self._compiled = None
        if self._compiled is None:
            self._compiled = (model, state, compile_model(model, self._device))
        return self._compiled[2]
