"""Samples that take long: named while they do, given up after a limit."""

import contextvars
import threading
import time
import warnings

import pytest

from openpot.data import watched_samples as subject
from openpot.data.adapt import make_data_loader
from openpot.data.sample import load_sample
from openpot.errors import ConfigError, DataError, OpenPotWarning


class Hanging:
    """Hangs at sample 1 until the test is over."""

    def __init__(self):
        self.released = threading.Event()

    def __len__(self):
        return 3

    def __getitem__(self, index):
        if index == 1:
            self.released.wait(30)
        return [float(index)]


@pytest.fixture
def hanging():
    loader = Hanging()
    yield loader
    loader.released.set()


def test_a_sample_that_hangs_is_named_again_and_again(monkeypatch, hanging):
    monkeypatch.setattr(subject, "_POLL_SECONDS", 0.005)
    monkeypatch.setattr(subject, "FIRST_NOTICE_SECONDS", 0.01)
    told = []
    with warnings.catch_warnings():
        warnings.simplefilter("always", OpenPotWarning)
        monkeypatch.setattr(warnings, "showwarning", lambda message, *_, **__: told.append(str(message)))
        with subject.watched_samples():
            watched = contextvars.copy_context()
            loading = threading.Thread(target=lambda: watched.run(load_sample, hanging, 1))
            loading.start()
            for _ in range(2000):
                if len(told) > 1:
                    break
                time.sleep(0.005)
            hanging.released.set()
            loading.join()
    assert len(told) > 1
    assert told[0].startswith("sample 1 has been loading for ")
    assert "--sample-timeout" in told[0]


def test_a_limit_gives_the_sample_up_and_goes_on_with_others(hanging):
    with subject.watched_samples(0.05):
        assert load_sample(hanging, 0).data[0] == 0.0
        with pytest.raises(DataError, match=r"sample 1: the data loader did not return it within 0\.05 s"):
            load_sample(hanging, 1)
        assert load_sample(hanging, 2).data[0] == 2.0


def test_errors_and_the_end_of_a_generator_reach_the_reader_through_a_limit():
    def broken():
        yield [1.0]
        raise OSError("no such image")

    with subject.watched_samples(5.0):
        assert len(make_data_loader(iter([[1.0], [2.0]]))) == 2
        with pytest.raises(DataError, match="sample 1: reading the generator raised OSError: no such image"):
            make_data_loader(broken())


def test_a_context_inside_another_keeps_its_limit(hanging):
    with subject.watched_samples(0.05), subject.watched_samples(), pytest.raises(DataError, match="sample 1"):
        load_sample(hanging, 1)


@pytest.mark.parametrize("limit", [None, 5.0], ids=["no limit", "limit"])
def test_a_loader_that_asks_another_one_is_watched_as_well(limit):
    inner = [[1.0], [2.0]]

    class Outer(Hanging):
        def __getitem__(self, index):
            return load_sample(inner, index).data

    with subject.watched_samples(limit):
        assert load_sample(Outer(), 1).data[0] == 2.0


def test_no_thread_stays():
    with subject.watched_samples(1.0):
        load_sample([[1.0]], 0)
    for _ in range(400):
        left = [thread.name for thread in threading.enumerate() if thread.name in ("openpot-watch", "openpot-sample")]
        if not left:
            break
        time.sleep(0.005)
    assert not left


@pytest.mark.parametrize("wrong", [0, -1, "ten", True, float("nan")], ids=repr)
def test_a_limit_is_a_number_above_0(wrong):
    with pytest.raises(ConfigError, match="sample_timeout must be a number of seconds above 0"):
        subject.check_sample_timeout(wrong)
