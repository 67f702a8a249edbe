"""Tasks of a run on the workers of an executor: the results come in the order of the tasks, and none is ever lost.

Any ``concurrent.futures.Executor`` will do. What fails on the way to a worker or with it (not in the task itself) costs
time only: the task is computed in this process, and so are the others once the executor is gone.
"""

from __future__ import annotations

import os
import platform
import warnings
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Executor, Future
from typing import Protocol, Self, TypeAlias, TypeVar

from openpot.errors import OpenPotError, OpenPotWarning

WINDOW = 64
"""So many tasks are handed out at once; their results wait in memory."""

Result = TypeVar("Result")


class WorkerUnfitError(Exception):
    """A worker must not do a task: its results would be others, or it lacks what the task needs."""


class NotThereError(Exception):
    """A worker does not see the file that a task names.

    Args:
        path: of the file.
        worker: names the process; by default this one.
    """

    def __init__(self, path: str, worker: str = "") -> None:
        self.worker = worker or f"{platform.node()} {os.getpid()}"
        super().__init__(path, self.worker)


class Task(Protocol):
    """What a worker does: small, and made of what can be pickled."""

    @property
    def has_content(self) -> bool:
        """Whether the content of its files goes along."""

    def attach_content(self) -> Self:
        """The same task with the content of its files, for workers that do not see them."""


TaskT = TypeVar("TaskT", bound=Task)
Handed: TypeAlias = tuple[TaskT, Future[Result] | None]
"""A task as it was sent, and its future; None if it has to be done here."""


class Workers:
    """The workers of an executor.

    Args:
        executor: what takes tasks.
    """

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._is_lost = False

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
        waiting: deque[Handed[TaskT, Result]] = deque()
        try:
            for task in tasks:
                waiting.append(self._hand_out(compute, task))
                if len(waiting) >= WINDOW:
                    yield self._wait(compute, waiting.popleft(), waiting)
            while waiting:
                yield self._wait(compute, waiting.popleft(), waiting)
        finally:
            for _, future in waiting:
                if future is not None:
                    future.cancel()

    def _hand_out(self, compute: Callable[[TaskT], Result], task: TaskT) -> Handed[TaskT, Result]:
        if self._is_lost:
            return task, None
        try:
            return task, self._executor.submit(compute, task)
        except Exception as error:
            self._lose(error)
            return task, None

    def _wait(
        self, compute: Callable[[TaskT], Result], handed: Handed[TaskT, Result], others: deque[Handed[TaskT, Result]]
    ) -> Result:
        task, future = handed
        if future is None or (self._is_lost and not future.done()):
            return compute(task)
        import asyncio  # loads a network stack that runs without workers have no use for

        try:
            return future.result()
        except OpenPotError:
            raise
        except NotThereError as error:
            if not task.has_content:
                with_content = self._hand_out(compute, task.attach_content())
                self._hand_out_again(compute, others, {error.worker})
                return self._wait(compute, with_content, others)
            self.warn("a worker did not find the model that it was sent")
        except WorkerUnfitError as error:
            self.warn(str(error))
        except (Exception, asyncio.CancelledError) as error:
            self._lose(error)
        return compute(task)

    def _hand_out_again(
        self, compute: Callable[[TaskT], Result], others: deque[Handed[TaskT, Result]], served: set[str]
    ) -> None:
        """Hand out anew what was sent back for want of a file, to each worker that is not served yet with the content.

        A worker keeps what it was sent, so that files cross the network about once for each worker.
        """
        for position, (task, future) in enumerate(others):
            if future is None or not future.done() or future.cancelled() or task.has_content:
                continue
            error = future.exception()
            if isinstance(error, NotThereError):
                others[position] = self._hand_out(compute, task if error.worker in served else task.attach_content())
                served.add(error.worker)

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
