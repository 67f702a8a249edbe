"""Tasks on workers: results in order, errors of tasks as they are, and nothing lost with the workers."""

import asyncio
import pickle
import warnings
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace

import pytest

from openpot.errors import DataError, OpenPotWarning
from openpot.workers import NotThereError, Workers, WorkerUnfitError


@dataclass(frozen=True)
class Square:
    number: int
    content: bytes | None = None

    @property
    def has_content(self):
        return self.content is not None

    def attach_content(self):
        return replace(self, content=b"files")


def square(task):
    return task.number**2


def tasks(count=5):
    return (Square(number) for number in range(count))


EXPECTED = [0, 1, 4, 9, 16]


class FailingExecutor(Executor):
    """Computes some tasks and then gives an error as the result of each."""

    def __init__(self, error, works_for=0, fails_to_take=False):
        self.error, self.left, self.fails_to_take, self.taken = error, works_for, fails_to_take, []

    def submit(self, compute, task):
        self.taken.append(task)
        future = Future()
        if self.left:
            self.left -= 1
            future.set_result(compute(task))
        elif self.fails_to_take:
            raise self.error
        else:
            future.set_exception(self.error)
        return future


def test_results_come_in_the_order_of_the_tasks():
    with ThreadPoolExecutor(3) as executor:
        assert list(Workers(executor).map_in_order(square, tasks())) == EXPECTED


@pytest.mark.parametrize("error", [BrokenProcessPool("killed"), OSError("no route"), asyncio.CancelledError()])
@pytest.mark.parametrize("fails_to_take", [False, True])
@pytest.mark.parametrize("works_for", [0, 3])
def test_what_lost_workers_would_have_done_is_done_here_and_said_once(error, fails_to_take, works_for):
    if fails_to_take and isinstance(error, asyncio.CancelledError):
        return
    executor = FailingExecutor(error, works_for, fails_to_take)
    workers = Workers(executor)
    with pytest.warns(OpenPotWarning, match="cannot be used any more") as caught:
        assert list(workers.map_in_order(square, tasks())) == EXPECTED
    assert len(caught) == 1
    handed_out = len(executor.taken)
    assert list(workers.map_in_order(square, tasks())) == EXPECTED
    assert len(executor.taken) == handed_out


def test_a_worker_that_would_compute_otherwise_is_not_asked_to():
    with pytest.warns(OpenPotWarning, match="computes as an older processor: what they would have done"):
        executor = FailingExecutor(WorkerUnfitError("a worker computes as an older processor"), works_for=2)
        assert list(Workers(executor).map_in_order(square, tasks())) == EXPECTED


def test_an_error_of_the_task_itself_is_raised():
    with pytest.raises(DataError, match="sample 3"):
        list(Workers(FailingExecutor(DataError("sample 3"), works_for=1)).map_in_order(square, tasks()))


class Elsewhere(Executor):
    """Two workers in turn that see no files, and keep what they are sent."""

    def __init__(self):
        self.taken, self.served = [], set()

    def submit(self, compute, task):
        worker, future = f"worker {len(self.taken) % 2}", Future()
        self.taken.append(task)
        if task.has_content:
            self.served.add(worker)
        if worker in self.served:
            future.set_result(compute(task))
        else:
            future.set_exception(NotThereError("model.xml", worker))
        return future


def test_workers_that_do_not_see_files_get_them_about_once():
    executor = Elsewhere()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        workers = Workers(executor)
        assert list(workers.map_in_order(square, tasks(100))) == [number**2 for number in range(100)]
        assert list(workers.map_in_order(square, tasks())) == EXPECTED
    assert executor.served == {"worker 0", "worker 1"}
    assert sum(task.has_content for task in executor.taken) <= 4
    assert pickle.loads(pickle.dumps(NotThereError("a", "b"))).worker == "b"


def test_a_worker_that_finds_no_files_although_it_got_them_is_not_waited_for_for_ever():
    with pytest.warns(OpenPotWarning, match="did not find the model"):
        executor = FailingExecutor(NotThereError("model.xml"))
        assert list(Workers(executor).map_in_order(square, tasks())) == EXPECTED


def test_only_so_many_tasks_are_made_ahead(monkeypatch):
    monkeypatch.setattr("openpot.workers.WINDOW", 2)
    made = []

    def make():
        for task in tasks():
            made.append(task.number)
            yield task

    with ThreadPoolExecutor(1) as executor:
        results = Workers(executor).map_in_order(square, make())
        assert next(results) == 0
        assert made == [0, 1]
        results.close()
