"""Runs a trial graph: many quantized models on the same few samples, compared with what the float model computed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from openpot.inference.compile import NO_INT8_KERNELS
from openpot.measure.output_distance import DistanceAccumulator, OutputDistance
from openpot.trial.reference_run import ReferenceRun
from openpot.trial.trial_inferences import TrialInferences
from openpot.trial.trial_task import Question
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.trial.trial_graph import TrialGraph

PLAIN_KERNELS = {"SNIPPETS_MODE": "DISABLE", **NO_INT8_KERNELS}
"""Element-wise operations run one by one: the CPU plugin would generate code for every fused group, which takes half of
the time to compile a trial graph."""


class TrialRun:
    """A trial graph that can be run.

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
        self._inferences = TrialInferences(graph.model, device, PLAIN_KERNELS)

    def measure_differences(self, choice: Mapping[str, int | None], reference: ReferenceRun) -> Array:
        """By how much the means of all layers are below those of the float model, shape ``(inferences, channels)``.

        Raises:
            EngineError: an inference failed.
        """
        controls = self.graph.make_controls(choice, adapt=True)
        vectors = [self.graph.make_vectors(controls, means) for means in reference.means]
        question = Question(reference.inferences, vectors, kept=(0,))
        answers = self._inferences.answer([question], reference.known)
        means: Array = np.stack([answer.outputs[0] for answer in answers])
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
        (distances,) = self.measure_each([(controls, shifts)], reference)
        return distances

    def measure_each(
        self, models: Sequence[tuple[Array, Array | None]], reference: ReferenceRun
    ) -> Iterator[tuple[OutputDistance, ...]]:
        """What :meth:`measure_distances` gives for many models, each by its controls and shifts, in their order."""
        first, count = int(bool(self.graph.targets)), len(reference.inferences)
        compared = range(first, first + len(self._compared))
        questions = [
            Question(reference.inferences, [vectors] * count, (), compared, reference.variations)
            for vectors in (self.graph.make_vectors(*model) for model in models)
        ]
        with closing(self._inferences.answer(questions, reference.known)) as answers:
            for _ in models:
                accumulators = [
                    DistanceAccumulator(*known) for known in zip(self._compared, reference.variations, strict=True)
                ]
                for answer in islice(answers, count):
                    for accumulator, distance in zip(accumulators, answer.distances, strict=True):
                        accumulator.take_in(distance)
                yield tuple(accumulator.compute_distance() for accumulator in accumulators)
