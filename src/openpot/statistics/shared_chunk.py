"""Chunks of a pass that calibrates, on workers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from openpot.data.pass_notes import PassNotes
from openpot.data.sampler import BatchSampler
from openpot.data.shared_samples import PickedSamples, can_be_sent
from openpot.inference.observation import ModelObserver
from openpot.inference.shipped_model import ModelTask
from openpot.statistics.observed_chunk import ObservedChunk, ObservedInference
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.lower_reducer import Request
    from openpot.inference.settings import EngineSettings


@dataclass(frozen=True, eq=False)
class ChunkTask(ModelTask):
    """A chunk to observe.

    Attributes:
        model: what is observed.
        requests: tensors, each with a reducer.
        settings: of the engine.
        loader: has the samples.
        samples: their numbers.
        batch_size: how many share an inference.
    """

    requests: tuple[Request, ...]
    settings: EngineSettings
    loader: Any
    samples: tuple[int, ...]
    batch_size: int


def list_tasks(task: ChunkTask, chunks: Sequence[tuple[int, ...]]) -> Iterator[ChunkTask]:
    """A task like this one for each chunk; samples are loaded when their task is asked for, if the loader stays."""
    is_sent = can_be_sent(task.loader)
    for samples in chunks:
        yield replace(task, samples=samples, loader=task.loader if is_sent else PickedSamples(task.loader, samples))


def observe_chunk(task: ChunkTask) -> ObservedChunk:
    """The answers of a chunk, and the notes of its samples; called on workers.

    Raises:
        OpenPotError: as :meth:`openpot.inference.observation.ModelObserver.run`.
    """
    observer: ModelObserver = task.model.keep(lambda model: ModelObserver(model, task.requests, task.settings))
    notes = PassNotes(keeps_notes=True)
    inferences: list[ObservedInference] = []

    def keep(position: int, packed: Array, loose: dict[int, Any]) -> None:
        del position
        inferences.append(ObservedInference(packed, loose, is_last=False))

    def end_sample(count: int) -> bool:
        del count
        inferences[-1] = replace(inferences[-1], is_last=True)
        return False

    sampler = BatchSampler(task.loader, task.batch_size, task.samples)
    observer.run(sampler, task.loader, keep, end_sample, notes)
    return ObservedChunk(tuple(inferences), notes.pop(task.samples))
