"""The metric of many quantized models out of one compiled graph: a trial graph whose outputs are shown to the metric.

Samples are loaded once; every further model is another vector of controls. Outputs go through ``postprocess_output``
and the metric of the engine, as those of any model do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from openpot.data.sampler import BatchSampler
from openpot.inference.compile import NO_INT8_KERNELS, REFERENCE_PROPERTIES, compile_model
from openpot.inference.feeds import Feed
from openpot.inference.feeds_in_memory import load_feeds
from openpot.inference.infer_queue import choose_request_count, run_in_order
from openpot.measure.output_distance import DistanceAccumulator, find_worst_error

if TYPE_CHECKING:
    from openpot.engine.openvino_engine import IEEngine, ShowOutputs
    from openpot.graph.model import CompressedModel
    from openpot.trial.trial_graph import TrialGraph
    from openpot.typing_aliases import Array
    from openvino import InferRequest


@dataclass(frozen=True)
class TrialMeasurement:
    """Metrics on the samples of the trial, and the error of the worst of the compared tensors."""

    metrics: Mapping[str, Any]
    error: float


class MetricTrial:
    """A compiled trial graph, and the samples that it is measured on.

    Args:
        engine: has the data, the hooks for outputs, and the metric.
        original: the float model, whose outputs the engine's hooks know.
        graph: its compared tensors are ``num_outputs`` outputs of the model, then those that the error is measured on.
        num_outputs: how many outputs the model has.
        samples: numbers of samples of the data set.
        device: where to run.

    Attributes:
        inferences: how many were made so far.

    Raises:
        ModelError: the device cannot compile the graph.
        DataError: a sample cannot be used.
    """

    def __init__(
        self,
        engine: IEEngine,
        original: CompressedModel,
        graph: TrialGraph,
        num_outputs: int,
        samples: Sequence[int],
        device: str = "CPU",
    ) -> None:
        self._engine, self._original, self.graph, self._num_outputs = engine, original, graph, num_outputs
        self._first = int(bool(graph.targets))
        self._compiled = compile_model(graph.model, device, REFERENCE_PROPERTIES, hints=NO_INT8_KERNELS)
        loader, network = engine.data_loader, original.members[0].model
        self._feeds = load_feeds(network, loader, BatchSampler(loader, 1, samples), engine.inference_settings)
        self.inferences = 0
        self._expected: list[list[Array]] = []
        self._infer(graph.make_controls({}), None, lambda _, results: self._expected.append(results[num_outputs:]))

    @property
    def num_samples(self) -> int:
        """How many samples there are."""
        return len(self._feeds)

    def measure(self, controls: Array, shifts: Array | None = None) -> TrialMeasurement:
        """The metrics with these controls.

        Args:
            controls: which quantizers act.
            shifts: of the layers; None for none.

        Raises:
            EngineError: an inference failed.
            MetricError: the metric raised, or no sample has an annotation.
        """
        accumulators = [DistanceAccumulator(str(number)) for number in range(len(self._expected[0]))]

        def infer(show: ShowOutputs) -> None:
            def deliver(feed: Feed, results: list[Array]) -> None:
                show(feed, results[: self._num_outputs])
                compared = results[self._num_outputs :]
                for accumulator, expected, given in zip(
                    accumulators, self._expected[feed.position], compared, strict=True
                ):
                    accumulator.add(expected, given)

            self._infer(controls, shifts, deliver)

        metrics = self._engine.score_outputs(self._original, infer)
        return TrialMeasurement(
            metrics, find_worst_error([accumulator.compute_distance() for accumulator in accumulators])
        )

    def _infer(self, controls: Array, shifts: Array | None, show: Any) -> None:
        def deliver(feed: Feed, request: InferRequest) -> None:
            count = len(self.graph.model.outputs)
            show(feed, [np.array(request.get_output_tensor(number).data) for number in range(self._first, count)])

        run_in_order(
            self._compiled,
            [replace(feed, inputs=self.graph.make_inputs(feed.inputs, controls, shifts)) for feed in self._feeds],
            deliver,
            choose_request_count(self._compiled),
        )
        self.inferences += len(self._feeds)
