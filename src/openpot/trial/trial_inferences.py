"""The inferences of a trial graph: by this process, or by the workers of the run, with the same answers."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from functools import cached_property
from typing import TYPE_CHECKING

from openpot.current_run import current_run
from openpot.errors import NotWritableError
from openpot.inference.compile import REFERENCE_PROPERTIES, compile_model
from openpot.inference.shipped_files import make_folder_of
from openpot.inference.shipped_model import ship
from openpot.inference.shipped_samples import KnownSamples
from openpot.trial.trial_task import (
    InferenceAnswer,
    Question,
    TrialTask,
    answer_questions,
    answer_task,
    split_question,
)

if TYPE_CHECKING:
    from openpot.graph.types import CompiledModel, Model
    from openpot.inference.shipped_model import ShippedModel
    from openpot.inference.shipped_samples import ShippedSamples
    from openpot.workers import Workers


class TrialInferences:
    """A graph that is asked many questions.

    Args:
        graph: compiled once: here, or by each worker that gets a task.
        device: where to run.
        hints: how it is compiled, as :func:`openpot.inference.compile.compile_model` takes them.

    Raises:
        ModelError: the device cannot compile the graph; where workers do that, with the first answer.
    """

    def __init__(self, graph: Model, device: str, hints: Mapping[str, object]) -> None:
        self._graph, self._device, self._hints = graph, device, dict(hints)
        workers = current_run().workers
        self._workers = None if workers is None or workers.is_lost else workers
        self._compiled_here: CompiledModel | None = None
        if self._workers is None:
            self._compile_here()

    def answer(self, questions: Sequence[Question], samples: KnownSamples) -> Generator[InferenceAnswer, None, None]:
        """The answers to all questions, one inference after the other.

        Raises:
            EngineError: an inference failed.
        """
        workers = self._workers
        shipped = None if workers is None else self._ship(workers, samples)
        if workers is None or shipped is None:
            yield from answer_questions(self._compile_here(), samples, questions)
            return
        graph, known = shipped
        tasks = (
            TrialTask(graph, self._device, self._hints, known, part)
            for question in questions
            for part in split_question(question, samples)
        )
        with closing(workers.map_in_order(answer_task, tasks)) as answered:
            for answers in answered:
                yield from answers

    def _compile_here(self) -> CompiledModel:
        if self._compiled_here is None:
            self._compiled_here = compile_model(self._graph, self._device, REFERENCE_PROPERTIES, hints=self._hints)
        return self._compiled_here

    def _ship(self, workers: Workers, samples: KnownSamples) -> tuple[ShippedModel, ShippedSamples] | None:
        """Graph and samples as tasks name them; None if files cannot hold them."""
        try:
            known = samples.shipped
            return None if known is None else (self._shipped_graph, known)
        except NotWritableError as error:
            workers.warn(str(error))
            return None

    @cached_property
    def _shipped_graph(self) -> ShippedModel:
        return ship(self._graph, make_folder_of(self))
