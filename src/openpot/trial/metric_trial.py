"""The metric of many quantized models out of one compiled graph: a trial graph whose outputs are shown to the metric.

Samples are loaded once; every further model is another vector of controls. Outputs go through ``postprocess_output``
and the metric of the engine, as those of any model do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from openpot.data.sampler import BatchSampler
from openpot.inference.compile import NO_INT8_KERNELS
from openpot.inference.feeds_in_memory import load_feeds
from openpot.inference.shipped_samples import KnownSamples
from openpot.measure.output_distance import DistanceAccumulator, find_worst_error
from openpot.measure.output_variation import VariationAccumulator
from openpot.trial.trial_inferences import TrialInferences
from openpot.trial.trial_task import InferenceAnswer, Question

if TYPE_CHECKING:
    from openpot.engine.openvino_engine import IEEngine, ShowOutputs
    from openpot.graph.model import CompressedModel
    from openpot.trial.trial_graph import TrialGraph
    from openpot.typing_aliases import Array


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
        self._engine, self._original, self.graph = engine, original, graph
        first, end = int(bool(graph.targets)), len(graph.model.outputs)
        self._shown, self._compared = range(first, first + num_outputs), range(first + num_outputs, end)
        self._inferences = TrialInferences(graph.model, device, NO_INT8_KERNELS)
        loader, network = engine.data_loader, original.members[0].model
        self._feeds = load_feeds(network, loader, BatchSampler(loader, 1, samples), engine.inference_settings)
        self.inferences = 0
        self._variations = [VariationAccumulator() for _ in self._compared]
        self._known = self._run_float_model()

    def _run_float_model(self) -> KnownSamples:
        feeds = tuple(feed.inputs for feed in self._feeds)
        vectors = [self.graph.make_vectors(self.graph.make_controls({}))] * len(feeds)
        question = Question(range(len(feeds)), vectors, kept=self._compared)
        self.inferences += len(feeds)
        answers = self._inferences.answer([question], KnownSamples(feeds, ()))
        known = KnownSamples(feeds, tuple(answer.outputs for answer in answers))
        for outputs in known.outputs:
            for variation, output in zip(self._variations, outputs, strict=True):
                variation.add(output)
        return known

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
        (measurement,) = self.measure_each([(controls, shifts)])
        return measurement

    def measure_each(self, models: Sequence[tuple[Array, Array | None]]) -> Iterator[TrialMeasurement]:
        """What :meth:`measure` gives for many models, each by its controls and shifts, in their order."""
        variations = [variation.compute_variation() for variation in self._variations]
        count = len(self._feeds)
        questions = [
            Question(range(count), [vectors] * count, self._shown, self._compared, variations)
            for vectors in (self.graph.make_vectors(*model) for model in models)
        ]
        with closing(self._inferences.answer(questions, self._known)) as answers:
            for _ in models:
                accumulators = [DistanceAccumulator("", variation) for variation in variations]
                metrics = self._score(islice(answers, count), accumulators)
                distances = [accumulator.compute_distance() for accumulator in accumulators]
                yield TrialMeasurement(metrics, find_worst_error(distances))

    def _score(self, answers: Iterator[InferenceAnswer], accumulators: Sequence[DistanceAccumulator]) -> dict[str, Any]:
        """The metrics of the outputs; their distances go into the accumulators."""

        def infer(show: ShowOutputs) -> None:
            for feed, answer in zip(self._feeds, answers, strict=True):
                show(feed, answer.outputs)
                for accumulator, distance in zip(accumulators, answer.distances, strict=True):
                    accumulator.take_in(distance)
            self.inferences += len(self._feeds)

        return self._engine.score_outputs(self._original, infer)
