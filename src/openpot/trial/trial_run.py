"""Running a trial graph: many quantized models on the same few samples, beside what the float model gave for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from openpot.inference.compile import NO_INT8_KERNELS, REFERENCE_PROPERTIES, compile_model
from openpot.inference.feeds import Feed
from openpot.inference.infer_queue import requests_to_keep_busy, run_in_order
from openpot.measure.output_distance import DistanceAccumulator, OutputDistance, VariationAccumulator
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.types import CompiledModel, Model
    from openpot.trial.trial_graph import TrialGraph
    from openvino import InferRequest

PLAIN_KERNELS = {"SNIPPETS_MODE": "DISABLE", **NO_INT8_KERNELS}
"""Element-wise operations one by one, for the CPU plugin generates code for every fused group, which takes half of the
time that compiling a trial graph takes."""


@dataclass(frozen=True, eq=False)
class ReferenceRun:
    """What the float model gave for some samples.

    Attributes:
        feeds: the inputs of each sample, by number.
        means: means of all layers, shape ``(samples, channels)``; no columns without layers.
        outputs: for each sample what is judged; empty lists where only means were asked for.
        variations: of what is judged, over all samples that were inferred
            (:attr:`openpot.measure.output_distance.VariationAccumulator.per_sample`).
    """

    feeds: tuple[dict[int, Array], ...]
    means: Array
    outputs: tuple[list[Array], ...]
    variations: tuple[float, ...]

    def part(self, positions: Sequence[int], with_outputs: bool) -> ReferenceRun:
        """Some of the samples."""
        kept = tuple(self.outputs[position] if with_outputs else [] for position in positions)
        feeds = tuple(self.feeds[position] for position in positions)
        return ReferenceRun(feeds, self.means[list(positions)], kept, self.variations)


def run_reference(
    model: Model, feeds: Sequence[dict[int, Array]], has_means: bool, judged: Sequence[int], device: str = "CPU"
) -> ReferenceRun:
    """Infer ``feeds`` with a reference graph.

    Args:
        model: from :func:`openpot.trial.trial_graph.build_reference_graph`.
        feeds: inputs of each sample by number.
        has_means: whether its first output holds means.
        judged: positions of the samples whose outputs are kept.
        device: where to run.

    Raises:
        ModelError: the device cannot compile the model.
        EngineError: an inference failed.
    """
    means: list[Array] = []
    outputs: list[list[Array]] = []
    variations = [VariationAccumulator() for _ in model.outputs[has_means:]]
    kept = frozenset(judged)

    def deliver(feed: Feed, request: InferRequest) -> None:
        results = [request.get_output_tensor(number).data for number in range(len(model.outputs))]
        means.append(np.array(results[0]) if has_means else np.zeros(0, np.float32))
        outputs.append([np.array(one) for one in results[has_means:]] if feed.position in kept else [])
        for variation, own in zip(variations, results[has_means:], strict=True):
            variation.add(own)

    _infer(compile_model(model, device), feeds, deliver)
    found = tuple(variation.per_sample for variation in variations)
    return ReferenceRun(tuple(feeds), np.stack(means), tuple(outputs), found)


class TrialRun:
    """A compiled trial graph.

    Args:
        graph: the graph; compiled once.
        judged: names of what it is judged by, one for each.
        device: where to run.

    Raises:
        ModelError: the device cannot compile the graph.
    """

    def __init__(self, graph: TrialGraph, judged: Sequence[str], device: str = "CPU") -> None:
        self.graph = graph
        self._judged = tuple(judged)
        self._compiled = compile_model(graph.model, device, REFERENCE_PROPERTIES, hints=PLAIN_KERNELS)

    def differences(self, choice: Mapping[str, int | None], reference: ReferenceRun) -> Array:
        """What adapts all layers to their means in the float model, for each sample: shape ``(samples, channels)``.

        Raises:
            EngineError: an inference failed.
        """
        rows: list[Array] = []
        controls = self.graph.controls(choice, adapt=True)
        collect = lambda _, request: rows.append(np.array(request.get_output_tensor(0).data))  # noqa: E731
        self._run(controls, reference, reference.means, collect)
        means: Array = np.stack(rows)
        return np.asarray(reference.means - means)

    def distances(
        self, controls: Array, reference: ReferenceRun, shifts: Array | None = None
    ) -> tuple[OutputDistance, ...]:
        """How far what is judged is from the float model.

        Args:
            controls: from ``graph.controls``, or for the graph of :mod:`openpot.trial.range_inputs` its own.
            reference: samples and what the float model gave for them.
            shifts: from ``graph.shifts``; None for none.

        Raises:
            EngineError: an inference failed.
        """
        accumulators = [DistanceAccumulator(*known) for known in zip(self._judged, reference.variations, strict=True)]
        first = int(bool(self.graph.targets))

        def deliver(feed: Feed, request: InferRequest) -> None:
            for number, (accumulator, expected) in enumerate(
                zip(accumulators, reference.outputs[feed.position], strict=True), first
            ):
                accumulator.add(expected, request.get_output_tensor(number).data)

        self._run(controls, reference, [shifts] * len(reference.feeds), deliver)
        return tuple(accumulator.distance() for accumulator in accumulators)

    def _run(self, controls: Array, reference: ReferenceRun, targets: Iterable[Array | None], deliver: Any) -> None:
        feeds = [self.graph.inputs(inputs, controls, own) for inputs, own in zip(reference.feeds, targets, strict=True)]
        _infer(self._compiled, feeds, deliver)


def _infer(compiled: CompiledModel, feeds: Sequence[dict[int, Array]], deliver: Any) -> None:
    numbered = (Feed(number, (number,), inputs) for number, inputs in enumerate(feeds))
    run_in_order(compiled, numbered, deliver, requests_to_keep_busy(compiled))
