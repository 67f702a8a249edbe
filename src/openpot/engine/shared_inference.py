"""Inferences on workers, whose outputs come back in the order of the samples."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from openpot.data.sampler import BatchSampler
from openpot.data.shared_samples import PickedSamples, can_be_sent
from openpot.inference.compile import compile_model
from openpot.inference.feed_maker import make_feed_maker
from openpot.inference.feeds import Feed, NextStep, generate_feeds
from openpot.inference.fixed_batch import count_samples_of_inference
from openpot.inference.infer_queue import choose_request_count, run_in_order
from openpot.inference.shipped_model import ModelTask, shipped
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.types import CompiledModel, Model
    from openpot.inference.settings import EngineSettings
    from openpot.workers import Workers
    from openvino import InferRequest

CHUNK = 16
"""Inferences of a task."""

Answer = tuple[Feed, list[Array]]
"""A feed without its inputs, and the outputs of its inference."""


@dataclass(frozen=True, eq=False)
class InferenceTask(ModelTask):
    """Samples to infer.

    Attributes:
        model: what infers.
        settings: of the engine.
        loader: has the samples.
        samples: their numbers.
        batch_size: how many share an inference.
    """

    settings: EngineSettings
    loader: Any
    samples: tuple[int, ...]
    batch_size: int


def infer_elsewhere(
    workers: Workers,
    model: Model,
    sampler: BatchSampler,
    settings: EngineSettings,
    deliver: Callable[[Feed, dict[Any, Array]], None],
) -> bool:
    """Let workers infer the samples of a sampler; False if the model cannot be stored for them, with a warning.

    Args:
        workers: who infer.
        model: with what.
        sampler: which samples.
        settings: of the engine.
        deliver: gets each feed without its inputs, and its outputs by the outputs of the model, in the order of the
            samples.

    Raises:
        OpenPotError: a sample cannot be used, or an inference failed.
    """
    with shipped(model, workers) as shipped_model:
        if shipped_model is None:
            return False
        task = InferenceTask(shipped_model, settings, sampler.data_loader, (), sampler.batch_size)
        position = 0
        for answers in workers.map_in_order(infer_samples, _list_tasks(task, model, sampler)):
            for feed, outputs in answers:
                deliver(replace(feed, position=position), dict(zip(model.outputs, outputs, strict=True)))
                position += 1
    return True


def _list_tasks(task: InferenceTask, model: Model, sampler: BatchSampler) -> Iterator[InferenceTask]:
    """A task for each chunk; samples are loaded when their task is asked for, if the loader stays."""
    is_sent, loader = can_be_sent(task.loader), task.loader
    samples = [index for batch in sampler.index_batches() for index in batch]
    size = CHUNK * count_samples_of_inference(model, loader, sampler.batch_size, task.settings)
    for start in range(0, len(samples), size):
        chunk = tuple(samples[start : start + size])
        yield replace(task, samples=chunk, loader=loader if is_sent else PickedSamples(loader, chunk))


def infer_samples(task: InferenceTask) -> list[Answer]:
    """The outputs of the samples of a task; called on workers.

    Raises:
        OpenPotError: a sample cannot be used, or an inference failed.
    """
    compiled: CompiledModel = task.model.keep(lambda model: compile_model(model, task.settings.device))
    answers: list[Answer] = []

    def keep(feed: Feed, request: InferRequest) -> None:
        without_inputs = replace(feed, inputs=NextStep() if feed.goes_on else {})
        answers.append((without_inputs, [np.array(output) for output in request.results.values()]))

    sampler = BatchSampler(task.loader, task.batch_size, task.samples)
    feeds = generate_feeds(sampler, task.loader, make_feed_maker(compiled, task.settings))
    run_in_order(compiled, feeds, keep, choose_request_count(compiled))
    return answers
