"""A metric without annotations: how far the outputs are from those of the float model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from openpot.data.annotated import AnnotatedSamples
from openpot.data.metric import Metric
from openpot.engine.direct_engine import require_direct_engine
from openpot.engine.openvino_engine import IEEngine
from openpot.errors import MetricError
from openpot.inference.compile import compile_model
from openpot.inference.feed_maker import FeedMaker
from openpot.inference.feeds import Batch, Feed
from openpot.inference.infer_queue import run_in_order
from openpot.inference.model_inputs import describe_inputs
from openpot.inference.sequence_steps import StepOutputs
from openpot.measure.output_distance import DistanceAccumulator

if TYPE_CHECKING:
    from openpot.data.sample import Sample
    from openpot.engine.base import Engine
    from openpot.graph.types import Model
    from openpot.typing_aliases import Array
    from openvino import InferRequest

OUTPUT_ERROR = "output error"


class OutputErrorMetric(Metric):
    """Error of the worst output, as a share of its variation between samples; annotations are the float outputs."""

    _accumulators: list[DistanceAccumulator]

    def update(self, output: Any, target: Sequence[Any]) -> None:
        """Compare the outputs of one inference over one sample.

        Raises:
            MetricError: several samples share an inference.
        """
        if len(target) != 1:
            raise MetricError("outputs are compared sample by sample: let every inference take one sample")
        if not self._accumulators:
            self._accumulators = [DistanceAccumulator(str(number)) for number in range(len(output))]
        self._last = 0.0
        for accumulator, expected, given in zip(self._accumulators, target[0], output, strict=True):
            accumulator.add(expected, given)
            if expected.shape == given.shape:
                change = np.asarray(given, np.float64) - expected
                self._last += float(np.square(change[np.isfinite(change)]).sum())

    @property
    def value(self) -> dict[str, list[float]]:
        """Squared distance of the outputs of the last sample."""
        return {OUTPUT_ERROR: [self._last]}

    @property
    def avg_value(self) -> dict[str, float]:
        """The error over all samples since the last reset."""
        errors = [accumulator.compute_distance().relative for accumulator in self._accumulators]
        return {OUTPUT_ERROR: max((error for error in errors if error is not None), default=0.0)}

    def reset(self) -> None:
        """Forget everything."""
        self._accumulators = []
        self._last = 0.0

    def get_attributes(self) -> dict[str, dict[str, Any]]:
        """Lower is better."""
        return {OUTPUT_ERROR: {"direction": "higher-worse", "type": "output_error"}}


class _FloatOutputs:
    """The outputs of the float model for a sample, computed when they are needed: they may not fit into the memory."""

    def __init__(self, model: Model, device: str) -> None:
        self._compiled = compile_model(model, device)
        self._make_feed = FeedMaker(describe_inputs(model), copies=True)

    def __call__(self, sample: Sample) -> list[Array]:
        steps = StepOutputs()

        def deliver(feed: Feed, request: InferRequest) -> None:
            numbers = range(len(self._compiled.outputs))
            steps.add(feed, {number: np.array(request.get_output_tensor(number).data) for number in numbers})

        run_in_order(self._compiled, self._make_feed(0, Batch((sample.index,), [sample.data])), deliver, 1)
        return list(steps.complete().values())


def make_output_error_engine(engine: Engine, model: Model) -> IEEngine:
    """An engine over the same samples whose metric is the output error.

    Raises:
        EngineError: models cannot be run directly on the samples of the engine.
    """
    direct = require_direct_engine(engine, "annotation_free", remedy="give it a metric instead")
    loader = AnnotatedSamples(direct.data_loader, _FloatOutputs(model, direct.inference_settings.device))
    return IEEngine(direct.config, loader, OutputErrorMetric())
