"""What holds for every run."""

import threading

import pytest

from openpot.data.sample import load_sample
from openpot.errors import DataError, OutOfMemoryError
from openpot.watched_run import watched_run


class Loader:
    def __init__(self, load):
        self.load = load

    def __getitem__(self, index):
        return self.load(index)


def no_memory(index):
    raise MemoryError


def test_missing_memory_is_named_with_stage_and_sample():
    with (
        pytest.raises(
            OutOfMemoryError, match="while collecting statistics: sample 3: the data loader ran out of memory"
        ),
        watched_run() as stages,
    ):
        stages.start("collecting statistics", 8)
        load_sample(Loader(no_memory), 3)


def test_a_sample_that_hangs_is_given_up():
    released = threading.Event()
    try:
        with pytest.raises(DataError, match="sample 2"), watched_run(sample_timeout=0.02):
            load_sample(Loader(lambda _: released.wait(30)), 2)
    finally:
        released.set()
