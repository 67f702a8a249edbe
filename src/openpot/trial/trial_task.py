"""What a trial graph is asked, here or by a task on a worker, and what it answers for each inference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import numpy as np

from openpot.inference.compile import REFERENCE_PROPERTIES, compile_model
from openpot.inference.feeds import Feed, NextStep
from openpot.inference.infer_queue import choose_request_count, generate_in_order
from openpot.inference.shipped_model import ModelTask
from openpot.inference.shipped_samples import KnownSamples, ShippedSamples
from openpot.measure.output_distance import SampleDistance, compute_sample_distance
from openpot.measure.output_variation import OutputVariation
from openpot.trial.trial_graph import add_vectors
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.types import CompiledModel
    from openvino import InferRequest

SAMPLES_OF_TASK = 4
"""A repair measures units alone on so many: each unit is one task then."""


@dataclass(frozen=True, eq=False)
class Question:
    """What is asked about some inferences.

    Attributes:
        inferences: their numbers among the known samples.
        vectors: for each the further inputs of the graph.
        kept: numbers of the outputs that are answered as they are.
        compared: numbers of the outputs of which the distance is answered, in the order of those that are known.
        variations: of the outputs that are compared.
    """

    inferences: Sequence[int]
    vectors: Sequence[Sequence[Array]]
    kept: Sequence[int] = ()
    compared: Sequence[int] = ()
    variations: Sequence[OutputVariation] = ()


@dataclass(frozen=True, eq=False)
class InferenceAnswer:
    """The answer to a question for one inference: outputs, and distances (None where shapes differ)."""

    outputs: list[Array]
    distances: tuple[SampleDistance | None, ...]


@dataclass(frozen=True, eq=False)
class TrialTask(ModelTask):
    """A question to a graph.

    Attributes:
        model: the graph.
        device: where to run.
        hints: how it is compiled, as :func:`openpot.inference.compile.compile_model` takes them.
        samples: what the question is about.
        question: the question.
    """

    device: str
    hints: Mapping[str, object]
    samples: ShippedSamples
    question: Question

    def attach_content(self) -> Self:
        """The same task for workers that do not see the files of the model and of the samples."""
        return replace(super().attach_content(), samples=self.samples.attach_content())


def answer_task(task: TrialTask) -> list[InferenceAnswer]:
    """The answers to the question of a task; called on workers.

    Raises:
        ModelError: the device cannot compile the graph.
        EngineError: an inference failed.
    """
    compiled: CompiledModel = task.model.keep(
        lambda model: compile_model(model, task.device, REFERENCE_PROPERTIES, hints=task.hints)
    )
    return list(answer_questions(compiled, task.samples.keep(), [task.question]))


def answer_questions(
    compiled: CompiledModel, samples: KnownSamples, questions: Iterable[Question]
) -> Iterator[InferenceAnswer]:
    """The answers to questions, one inference after the other.

    Raises:
        EngineError: an inference failed.
    """
    asked = [
        (question, *inference)
        for question in questions
        for inference in zip(question.inferences, question.vectors, strict=True)
    ]
    feeds = (
        Feed(number, (inference,), add_vectors(samples.feeds[inference], vectors))
        for number, (_, inference, vectors) in enumerate(asked)
    )

    def read(feed: Feed, request: InferRequest) -> InferenceAnswer:
        question, inference, _ = asked[feed.position]
        outputs = [np.array(request.get_output_tensor(number).data) for number in question.kept]
        known = samples.outputs[inference] if question.compared else ()
        compared = zip(question.compared, known, question.variations, strict=True)
        return InferenceAnswer(
            outputs,
            tuple(
                compute_sample_distance(expected, request.get_output_tensor(number).data, variation)
                for number, expected, variation in compared
            ),
        )

    return generate_in_order(compiled, feeds, read, choose_request_count(compiled))


def split_question(question: Question, samples: KnownSamples) -> Iterator[Question]:
    """The question about a few samples at a time; steps of one sequence stay together."""
    inferences, vectors = question.inferences, question.vectors
    is_start = [not isinstance(samples.feeds[inference], NextStep) for inference in inferences]
    starts = np.flatnonzero(is_start)[::SAMPLES_OF_TASK].tolist()
    for start, end in zip(starts, [*starts[1:], len(inferences)], strict=True):
        yield replace(question, inferences=inferences[start:end], vectors=vectors[start:end])
