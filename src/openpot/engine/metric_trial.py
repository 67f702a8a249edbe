"""The metric of many quantized models out of one compiled graph: a trial graph whose outputs are shown to the metric.

Items are loaded once; every further model is another vector of controls. Outputs go through ``postprocess_output`` and
the metric of the engine, as those of any model do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from openpot.data.sampler import BatchSampler
from openpot.engine.compile import REFERENCE_PROPERTIES, compile_model
from openpot.engine.feed_maker import FeedMaker
from openpot.engine.feeds import Feed, feeds
from openpot.engine.infer_queue import requests_to_keep_busy, run_in_order
from openpot.engine.model_inputs import describe_inputs
from openpot.engine.output_distance import DistanceGatherer
from openpot.errors import MetricError, OpenPotError

if TYPE_CHECKING:
    from openpot.engine.openvino_engine import IEEngine
    from openpot.graph.model import CompressedModel
    from openpot.graph.trial_graph import TrialGraph
    from openpot.typing_aliases import Array
    from openvino import InferRequest

MAX_BYTES = 256 << 20
"""So much memory the items may take; at least one is used."""


@dataclass(frozen=True)
class TrialMeasurement:
    """Metrics on the items of the trial, and the error of the worst tensor that is judged."""

    metrics: Mapping[str, Any]
    error: float


class MetricTrial:
    """A compiled trial graph, and the items that it is measured on.

    Args:
        engine: its data, its hooks for outputs, and its metric.
        original: the float model, whose outputs the engine's hooks know.
        graph: the first ``num_outputs`` of its judged tensors are the outputs of the model, the others tell the error.
        num_outputs: see there.
        items: numbers of items of the data set.
        device: where to run.

    Attributes:
        inferences: how many were made so far.

    Raises:
        ModelError: the device cannot compile the graph.
        DataError: an item cannot be used.
    """

    def __init__(
        self,
        engine: IEEngine,
        original: CompressedModel,
        graph: TrialGraph,
        num_outputs: int,
        items: Sequence[int],
        device: str = "CPU",
    ) -> None:
        self._engine, self._original, self.graph, self._num_outputs = engine, original, graph, num_outputs
        self._first = int(bool(graph.targets))
        hints = {"LP_TRANSFORMS_MODE": False}  # no search for INT8 kernels, which a trial graph has no use for
        self._compiled = compile_model(graph.model, device, REFERENCE_PROPERTIES, hints=hints)
        self._feeds = self._loaded(items)
        self.inferences = 0
        self._expected: list[list[Array]] = []
        self._infer(graph.controls({}), None, lambda _, results: self._expected.append(results[num_outputs:]))

    @property
    def num_items(self) -> int:
        """How many items there are."""
        return len(self._feeds)

    def measure(self, controls: Array, shifts: Array | None = None) -> TrialMeasurement:
        """The metrics with these controls.

        Args:
            controls: which quantizers act.
            shifts: of the layers; None for none.

        Raises:
            EngineError: an inference failed.
            MetricError: the metric raised, or no item has an annotation.
        """
        engine = self._engine
        gatherers = [DistanceGatherer(str(number)) for number in range(len(self._expected[0]))]
        engine.set_model(self._original)
        engine._reset()

        def show(feed: Feed, results: list[Array]) -> None:
            named = dict(zip(engine._output_layers, results[: self._num_outputs], strict=True))
            engine._process_infer_output(None, named, feed.annotations, feed.metadata, False)
            judged = results[self._num_outputs :]
            for gatherer, expected, given in zip(gatherers, self._expected[feed.position], judged, strict=True):
                gatherer.add(expected, given)

        try:
            self._infer(controls, shifts, show)
            if engine.metric is None or not engine._num_metric_updates:
                raise MetricError("no item of the ranking subset has an annotation")
            metrics = dict(engine.metric.avg_value)
        except (OpenPotError, MemoryError):
            raise
        except Exception as error:
            raise MetricError(f"scoring a model raised {type(error).__name__}: {error}") from error
        finally:
            engine._reset()
        distances = [gatherer.distance().relative for gatherer in gatherers]
        return TrialMeasurement(metrics, max((one for one in distances if one is not None), default=0.0))

    def _infer(self, controls: Array, shifts: Array | None, show: Any) -> None:
        targets = np.zeros(self.graph.num_targets, np.float32) if shifts is None else shifts
        vectors = self.graph.vectors(controls, targets)

        def deliver(feed: Feed, request: InferRequest) -> None:
            count = len(self.graph.model.outputs)
            show(feed, [np.array(request.get_output_tensor(number).data) for number in range(self._first, count)])

        run_in_order(
            self._compiled,
            [_extended(feed, vectors) for feed in self._feeds],
            deliver,
            requests_to_keep_busy(self._compiled),
        )
        self.inferences += len(self._feeds)

    def _loaded(self, items: Sequence[int]) -> list[Feed]:
        """The feeds of as many items as fit into the memory; all inputs of the original model."""
        loader = self._engine.data_loader
        make_feed = FeedMaker(describe_inputs(self._original.members[0].model), copies=True)
        found: list[Feed] = []
        size = 0
        for feed in feeds(BatchSampler(loader, 1, items), loader, make_feed):
            size += sum(int(array.nbytes) for array in feed.inputs.values())
            if found and size > MAX_BYTES:
                break
            found.append(feed)
        return found


def _extended(feed: Feed, vectors: Sequence[Array]) -> Feed:
    inputs = {**feed.inputs, **dict(enumerate(vectors, len(feed.inputs)))}
    return Feed(feed.position, feed.indices, inputs, feed.annotations, feed.metadata)
