"""Runs a trial graph: many quantized models on the same few samples, compared with what the float model computed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from openpot.graph.peaks import is_read_by_peaks
from openpot.graph.revisions import snapshot_graphs
from openpot.inference.compile import NO_INT8_KERNELS, REFERENCE_PROPERTIES, compile_model
from openpot.inference.feeds import Feed, group_steps
from openpot.inference.infer_queue import choose_request_count, run_in_order
from openpot.measure.output_distance import DistanceAccumulator, OutputDistance
from openpot.measure.output_variation import OutputVariation, VariationAccumulator
from openpot.trial.compared_outputs import find_output_tensors
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.types import CompiledModel, Model
    from openpot.trial.trial_graph import TrialGraph
    from openvino import InferRequest

PLAIN_KERNELS = {"SNIPPETS_MODE": "DISABLE", **NO_INT8_KERNELS}
"""Element-wise operations run one by one: the CPU plugin would generate code for every fused group, which takes half of
the time to compile a trial graph."""


@dataclass(frozen=True, eq=False)
class ReferenceRun:
    """What the float model computed for some samples.

    A sample is one inference, or several where samples are sequences of steps.

    Attributes:
        feeds: the inputs of each inference, by number.
        means: means of all layers, shape ``(inferences, channels)``; no columns without layers.
        outputs: for each inference the compared tensors; empty lists where only means are needed.
        variations: of what is compared, over all inferences.
    """

    feeds: tuple[dict[int, Array], ...]
    means: Array
    outputs: tuple[list[Array], ...]
    variations: tuple[OutputVariation, ...]

    @property
    def num_samples(self) -> int:
        """How many samples there are."""
        return len(group_steps(self.feeds))

    def find_inferences(self, samples: Iterable[int]) -> list[int]:
        """The numbers of the inferences of some samples."""
        steps = group_steps(self.feeds)
        return [position for sample in samples for position in steps[sample]]

    def select(self, samples: Iterable[int], with_outputs: bool) -> ReferenceRun:
        """Some of the samples."""
        positions = self.find_inferences(samples)
        outputs = tuple(self.outputs[position] if with_outputs else [] for position in positions)
        feeds = tuple(self.feeds[position] for position in positions)
        return ReferenceRun(feeds, self.means[positions], outputs, self.variations)


def run_reference(
    model: Model, feeds: Sequence[dict[int, Array]], has_means: bool, kept: Sequence[int], device: str = "CPU"
) -> ReferenceRun:
    """Infer ``feeds`` with a reference graph.

    Args:
        model: from :func:`openpot.trial.trial_graph.build_reference_graph`.
        feeds: inputs of each inference by number.
        has_means: whether its first output holds means.
        kept: numbers of the samples whose outputs are kept.
        device: where to run.

    Raises:
        ModelError: the device cannot compile the model.
        EngineError: an inference failed.
    """
    means: list[Array] = []
    outputs: list[list[Array]] = []
    snapshot = snapshot_graphs(model)[""]
    ends = find_output_tensors(model)[has_means:]
    variations = [VariationAccumulator(is_read_by_peaks(snapshot, tensor)) for tensor in ends]
    steps = group_steps(feeds)
    kept_inferences = frozenset(position for sample in kept for position in steps[sample])

    def deliver(feed: Feed, request: InferRequest) -> None:
        results = [request.get_output_tensor(number).data for number in range(len(model.outputs))]
        means.append(np.array(results[0]) if has_means else np.zeros(0, np.float32))
        outputs.append([np.array(output) for output in results[has_means:]] if feed.position in kept_inferences else [])
        for variation, output in zip(variations, results[has_means:], strict=True):
            variation.add(output)

    _infer(compile_model(model, device), feeds, deliver)
    measured = tuple(variation.compute_variation() for variation in variations)
    return ReferenceRun(tuple(feeds), np.stack(means), tuple(outputs), measured)


class TrialRun:
    """A compiled trial graph.

    Args:
        graph: the graph; compiled once.
        compared: a name for each of the compared tensors.
        device: where to run.

    Raises:
        ModelError: the device cannot compile the graph.
    """

    def __init__(self, graph: TrialGraph, compared: Sequence[str], device: str = "CPU") -> None:
        self.graph = graph
        self._compared = tuple(compared)
        self._compiled = compile_model(graph.model, device, REFERENCE_PROPERTIES, hints=PLAIN_KERNELS)

    def measure_differences(self, choice: Mapping[str, int | None], reference: ReferenceRun) -> Array:
        """By how much the means of all layers are below those of the float model, shape ``(inferences, channels)``.

        Raises:
            EngineError: an inference failed.
        """
        rows: list[Array] = []
        controls = self.graph.make_controls(choice, adapt=True)
        collect = lambda _, request: rows.append(np.array(request.get_output_tensor(0).data))  # noqa: E731
        self._run(controls, reference, reference.means, collect)
        means: Array = np.stack(rows)
        return np.asarray(reference.means - means)

    def measure_distances(
        self, controls: Array, reference: ReferenceRun, shifts: Array | None = None
    ) -> tuple[OutputDistance, ...]:
        """How far the compared tensors are from those of the float model.

        Args:
            controls: from ``graph.make_controls``, or for the graph of :mod:`openpot.trial.range_inputs` its own.
            reference: the samples, and what the float model computed for them.
            shifts: from ``graph.pack_shifts``; None for none.

        Raises:
            EngineError: an inference failed.
        """
        accumulators = [DistanceAccumulator(*known) for known in zip(self._compared, reference.variations, strict=True)]
        first = int(bool(self.graph.targets))

        def deliver(feed: Feed, request: InferRequest) -> None:
            for number, (accumulator, expected) in enumerate(
                zip(accumulators, reference.outputs[feed.position], strict=True), first
            ):
                accumulator.add(expected, request.get_output_tensor(number).data)

        self._run(controls, reference, [shifts] * len(reference.feeds), deliver)
        return tuple(accumulator.compute_distance() for accumulator in accumulators)

    def _run(self, controls: Array, reference: ReferenceRun, targets: Iterable[Array | None], deliver: Any) -> None:
        feeds = [
            self.graph.make_inputs(inputs, controls, vector)
            for inputs, vector in zip(reference.feeds, targets, strict=True)
        ]
        _infer(self._compiled, feeds, deliver)


def _infer(compiled: CompiledModel, feeds: Sequence[dict[int, Array]], deliver: Any) -> None:
    numbered = (Feed(number, (number,), inputs) for number, inputs in enumerate(feeds))
    run_in_order(compiled, numbered, deliver, choose_request_count(compiled))
