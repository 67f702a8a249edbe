"""What a run leaves behind for the next one, and who works for it: asked wherever something takes long.

Steps that take long are functions of what they depend on, with small answers. ``recorded`` looks an answer up in the
journal of the run and computes it if it is not there; a run that was killed and is started again therefore goes through
the same steps and computes only what is missing. Without a run folder everything is computed.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any

from openpot.errors import FileError, OpenPotWarning
from openpot.journal import Journal, hash_parts
from openpot.workers import Workers

logger = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class CurrentRun:
    """What is going on.

    Attributes:
        journal: answers of this run, and of earlier ones that were killed; one in memory without a run folder.
        base: a hash of what every answer depends on: versions, processor, model and data.
        metric: a hash of what measures, of which values of metrics depend as well.
        workers: who else works for the run; None for nobody.
    """

    journal: Journal = field(default_factory=lambda: Journal(None))
    base: str = ""
    metric: str = ""
    workers: Workers | None = None

    @property
    def is_recorded(self) -> bool:
        """Whether answers outlive this process."""
        return self.journal.path is not None

    def make_key(self, *parts: Any) -> str:
        """The key of an answer that depends on ``parts`` and on what all answers depend on."""
        return hash_parts(self.base, *parts)

    def add(self, key: str, answer: Any, about: str) -> None:
        """Record an answer; where that fails the run goes on, and a warning says what that means."""
        try:
            self.journal.add(key, answer, about)
        except TypeError as error:
            logger.info("%s is not recorded: %s", about, error)
        except FileError as error:
            warnings.warn(
                f"{error}. The run goes on, but if it is killed, {about!r} has to be computed again",
                OpenPotWarning,
                stacklevel=1,  # one place for all steps, so that Python shows it once
            )


_CURRENT: ContextVar[CurrentRun | None] = ContextVar("openpot_run", default=None)


def current_run() -> CurrentRun:
    """The run that this code belongs to; one that records nothing where nobody asked for one."""
    return _CURRENT.get() or CurrentRun()


@contextmanager
def running(run: CurrentRun) -> Iterator[CurrentRun]:
    """Let ``run`` be the current one in this block."""
    token = _CURRENT.set(run)
    try:
        yield run
    finally:
        _CURRENT.reset(token)


@contextmanager
def shared_with(executor: Executor | None) -> Iterator[None]:
    """Let workers take part in what runs in this block; the results are the same bytes without them.

    :func:`openpot.quantize` has an argument for it. Pipelines of POT's API run in such a block::

        with openpot.shared_with(executor):
            pipeline.run(model)

    Args:
        executor: of processes or of a cluster (``docs/workers.md``); None for none.
    """
    run = current_run()
    with running(run if executor is None else replace(run, workers=Workers(executor))):
        yield


def recorded(about: str, depends_on: Callable[[], Any], compute: Callable[[], Any]) -> Any:
    """The answer of a step: the one that is recorded, else the one that is computed now, which is recorded then.

    Args:
        about: names the step in the journal.
        depends_on: gives all that the answer depends on apart from model and data of the run, as
            :func:`openpot.journal.hash_parts` takes it; called only if there is a run folder.
        compute: gives the answer: plain values, lists and dicts with texts as keys, and arrays.
    """
    (answer,) = recorded_each(about, [depends_on], lambda numbers: (compute() for _ in numbers))
    return answer


def recorded_each(
    about: str, depends_on: Sequence[Callable[[], Any]], compute: Callable[[Sequence[int]], Iterator[Any]]
) -> Iterator[Any]:
    """The answers of steps of one kind, in their order; those that are not recorded are computed together.

    Args:
        about: names the steps in the journal.
        depends_on: for each step what :func:`recorded` takes.
        compute: gives the answers of the steps with these numbers, in their order, one as soon as it is asked for.
    """
    run = current_run()
    if not run.is_recorded:
        yield from compute(range(len(depends_on)))
        return
    keys = [run.make_key(about, describe()) for describe in depends_on]
    answers = [run.journal.get(key) for key in keys]
    computed = compute([number for number, answer in enumerate(answers) if answer is None])
    for key, answer in zip(keys, answers, strict=True):
        if answer is None:
            answer = next(computed)
            run.add(key, answer, about)
        yield answer
