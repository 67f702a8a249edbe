"""A pass over the data in chunks of a few samples, each of which is recorded when it is done, here or by a worker.

A run that was killed goes on after the last chunk that was recorded. What is recorded of a chunk are the small answers
of its inferences, as the compiled model gave them: whatever is computed from them is the same as without a record.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from openpot.current_run import current_run
from openpot.data.pass_notes import PassNotes
from openpot.data.sampler import BatchSampler
from openpot.graph.model_digest import model_digest
from openpot.inference.fixed_batch import count_samples_of_inference
from openpot.inference.observation import Consume, IsEnough, ModelObserver
from openpot.inference.shipped_model import shipped
from openpot.statistics.observed_chunk import ObservedChunk, ObservedInference
from openpot.statistics.shared_chunk import ChunkTask, list_tasks, observe_chunk
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.lower_reducer import Request
    from openpot.graph.types import Model
    from openpot.inference.settings import EngineSettings
    from openpot.progress import Progress
    from openpot.workers import Workers

CHUNK = 16
"""Inferences of a chunk: :mod:`openpot.statistics.convergence` asks at multiples of it."""
ABOUT = "statistics"


class RecordedPass:
    """A pass over the data that calibrates.

    Args:
        model: what is observed.
        requests: tensors, each with a reducer or another callable.
        sampler: which samples.
        settings: of the engine.
        consume: gets the answers of each inference.
        is_enough: asked after every inference, or sequence of steps; True ends the pass.
    """

    def __init__(
        self,
        model: Model,
        requests: Sequence[Request],
        sampler: BatchSampler,
        settings: EngineSettings,
        consume: Consume,
        is_enough: IsEnough | None = None,
    ) -> None:
        self._model, self._requests, self._sampler, self._settings = model, requests, sampler, settings
        self._consume, self._is_enough = consume, is_enough
        self._notes = PassNotes(keeps_notes=True)
        self._position = self._consumed = 0
        self._has_enough = False

    def run(self, progress: Progress) -> int:
        """Take in the chunks that are recorded, then infer the others.

        Returns:
            The number of inferences, or sequences of steps, that were taken in.

        Raises:
            OpenPotError: as :meth:`openpot.engine.openvino_engine.IEEngine.observe`.
        """
        progress.start("collecting statistics", len(self._sampler))
        try:
            missing = self._take_in_recorded(progress)
            if missing and not self._has_enough:
                workers = current_run().workers
                if workers is None:
                    self._infer(missing, progress)
                else:
                    self._infer_elsewhere(workers, missing, progress)
        finally:
            progress.finish()
        self._notes.conclude()
        self._notes.warn_if_poor()
        return self._consumed

    def _take_in_recorded(self, progress: Progress) -> list[tuple[int, ...]]:
        """Take in chunks from the first one on until one is not recorded; returns the samples of the others."""
        chunks = self._list_chunks()
        while chunks and not self._has_enough and current_run().is_recorded:
            plain = current_run().journal.get(self._make_key(chunks[0]))
            if plain is None:
                break
            chunk = ObservedChunk.from_plain(plain)
            self._take_in_with_notes(chunk, progress)
            chunks.pop(0)
        return chunks

    def _infer_elsewhere(self, workers: Workers, chunks: Sequence[tuple[int, ...]], progress: Progress) -> None:
        """Let workers infer chunks; they are recorded and taken in in their order."""
        loader, batch_size = self._sampler.data_loader, self._sampler.batch_size
        with shipped(self._model, workers) as model:
            if model is None:
                self._infer(chunks, progress)
                return
            task = ChunkTask(model, tuple(self._requests), self._settings, loader, (), batch_size)
            observed = workers.map_in_order(observe_chunk, list_tasks(task, chunks))
            with closing(observed):
                for samples, chunk in zip(chunks, observed, strict=True):
                    self._record(samples, chunk)
                    self._take_in_with_notes(chunk, progress)
                    if self._has_enough:
                        break

    def _record(self, samples: Sequence[int], chunk: ObservedChunk) -> None:
        if current_run().is_recorded:
            current_run().add(self._make_key(samples), chunk.to_plain(), ABOUT)

    def _take_in_with_notes(self, chunk: ObservedChunk, progress: Progress) -> None:
        for note in chunk.notes:
            self._notes.take_in(note)
        self._take_in(chunk)
        progress.advance(chunk.num_samples)

    def _infer(self, chunks: Sequence[tuple[int, ...]], progress: Progress) -> None:
        """Infer all samples of these chunks in one go; each chunk is recorded when it is done."""
        waiting = iter(chunks)
        pending: list[ObservedInference] = []

        def keep(position: int, packed: Array, loose: dict[int, Any]) -> None:
            del position
            pending.append(ObservedInference(packed, loose, is_last=False))

        def end_sample(count: int) -> bool:
            progress.advance()
            pending[-1] = replace(pending[-1], is_last=True)
            if count % CHUNK == 0:
                end_chunk()
            return self._has_enough

        def end_chunk() -> None:
            samples = next(waiting)
            chunk = ObservedChunk(tuple(pending), self._notes.pop(samples))
            pending.clear()
            self._record(samples, chunk)
            self._take_in(chunk)

        loader, samples = self._sampler.data_loader, [index for chunk in chunks for index in chunk]
        sampler = BatchSampler(loader, self._sampler.batch_size, samples)
        observer = ModelObserver(self._model, self._requests, self._settings)
        observer.run(sampler, loader, keep, end_sample, self._notes)
        if pending:
            end_chunk()

    def _take_in(self, chunk: ObservedChunk) -> None:
        for inference in chunk.inferences:
            if self._has_enough:
                return
            self._consume(self._position, inference.packed, inference.loose)
            self._position += 1
            if inference.is_last:
                self._consumed += 1
                self._has_enough = self._is_enough is not None and self._is_enough(self._consumed)

    def _list_chunks(self) -> list[tuple[int, ...]]:
        """The samples of each chunk."""
        samples = [index for batch in self._sampler.index_batches() for index in batch]
        size = CHUNK * count_samples_of_inference(
            self._model, self._sampler.data_loader, self._sampler.batch_size, self._settings
        )
        return [tuple(samples[start : start + size]) for start in range(0, len(samples), size)]

    def _make_key(self, samples: Sequence[int]) -> str:
        return current_run().make_key(ABOUT, self._what, samples)

    @cached_property
    def _what(self) -> list[Any]:
        """What the answers of a chunk depend on, its samples apart."""
        requests = [[str(tensor), repr(function)] for tensor, function in self._requests]
        settings = self._settings
        how = [self._sampler.batch_size, settings.device, settings.batch_dim, settings.reshapes_samples]
        return [model_digest(self._model), requests, how]
