"""Tasks of a run on the workers of an executor: the results come in the order of the tasks, and none is ever lost.

Any ``concurrent.futures.Executor`` will do. What fails on the way to a worker or with it (not in the task itself) costs
time only: the task is computed in this process, and so are the others once the executor is gone.
"""

from __future__ import annotations

import asyncio
import warnings
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Executor, Future
from typing import Protocol, Self, TypeVar

from openpot.errors import OpenPotError, OpenPotWarning

WINDOW = 64
"""So many tasks are handed out at once; their results wait in memory."""

Result = TypeVar("Result")


class WorkerUnfitError(Exception):
    """A worker must not do a task: its results would be others, or it lacks what the task needs."""


class NotThereError(Exception):
    """A worker does not see the file that a task names."""


class Task(Protocol):
    """What a worker does: small, and made of what can be pickled."""

    @property
    def has_content(self) -> bool:
        """Whether the content of its files goes along."""

    def attach_content(self) -> Self:
        """The same task with the content of its files, for workers that do not see them."""


TaskT = TypeVar("TaskT", bound=Task)


class Workers:
    """The workers of an executor.

    Args:
        executor: what takes tasks.
    """

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._is_lost = self._sends_content = False

    @property
    def is_lost(self) -> bool:
        """Whether the executor takes nothing any more."""
        return self._is_lost

    def map_in_order(self, compute: Callable[[TaskT], Result], tasks: Iterable[TaskT]) -> Generator[Result, None, None]:
        """The results of tasks, in their order; tasks are made as they are handed out.

        Args:
            compute: a function of a module, so that it can be named to a worker.
            tasks: what it is given.

        Raises:
            OpenPotError: what a task raises.
        """
        waiting: deque[tuple[TaskT, Future[Result] | None]] = deque()
        try:
            for task in tasks:
                waiting.append(self._hand_out(compute, task))
                if len(waiting) >= WINDOW:
                    yield self._wait(compute, *waiting.popleft())
            while waiting:
                yield self._wait(compute, *waiting.popleft())
        finally:
            for _, future in waiting:
                if future is not None:
                    future.cancel()

    def _hand_out(self, compute: Callable[[TaskT], Result], task: TaskT) -> tuple[TaskT, Future[Result] | None]:
        """The task as it was sent, and its future; None if it has to be done here."""
        if self._is_lost:
            return task, None
        try:
            sent = task.attach_content() if self._sends_content else task
            return sent, self._executor.submit(compute, sent)
        except Exception as error:
            self._lose(error)
            return task, None

    def _wait(self, compute: Callable[[TaskT], Result], task: TaskT, future: Future[Result] | None) -> Result:
        if future is None or (self._is_lost and not future.done()):
            return compute(task)
        try:
            return future.result()
        except OpenPotError:
            raise
        except NotThereError:
            if not task.has_content:
                self._sends_content = True
                return self._wait(compute, *self._hand_out(compute, task))
            self.warn("a worker did not find the model that it was sent")
        except WorkerUnfitError as error:
            self.warn(str(error))
        except (Exception, asyncio.CancelledError) as error:
            self._lose(error)
        return compute(task)

    def _lose(self, error: BaseException) -> None:
        if self._is_lost:
            return
        self._is_lost = True
        reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        self.warn(f"the workers cannot be used any more ({reason:.300})")

    def warn(self, reason: str) -> None:
        """Say why this process does what workers should have done."""
        warnings.warn(
            f"{reason}: what they would have done is computed in this process, with the same result",
            OpenPotWarning,
            stacklevel=1,  # one place for all tasks, so that Python shows it once
        )
