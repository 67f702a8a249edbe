import threading

import pytest

from openpot.inference.prefetch import Prefetch


def test_results_come_in_order():
    with Prefetch(range(100), 3) as results:
        assert list(results) == list(range(100))


def test_the_source_is_read_on_another_thread():
    def source():
        yield threading.current_thread()

    with Prefetch(source(), 2) as results:
        assert next(results) is not threading.current_thread()


def test_the_source_is_at_most_depth_ahead_of_the_reader():
    taken, first_read = [], threading.Event()

    def source():
        for number in range(50):
            taken.append(number)
            if number == 4:
                first_read.set()
            yield number

    with Prefetch(source(), 4) as results:
        assert first_read.wait(10)
        assert next(results) == 0
        assert len(taken) <= 7  # read, queued, and the ones in the producer's hands


def test_an_error_comes_after_the_results_before_it():
    def source():
        yield 1
        raise ZeroDivisionError("third")

    with Prefetch(source(), 2) as results:
        assert next(results) == 1
        with pytest.raises(ZeroDivisionError, match="third"):
            next(results)


def test_the_thread_ends_when_the_reader_leaves_early():
    before = threading.active_count()
    with Prefetch(iter(int, 1), 2) as results:
        next(results)
    assert threading.active_count() == before


def test_the_thread_ends_when_the_reader_raises():
    before = threading.active_count()
    with pytest.raises(KeyboardInterrupt), Prefetch(iter(int, 1), 2) as results:
        next(results)
        raise KeyboardInterrupt
    assert threading.active_count() == before


def test_an_empty_source_gives_nothing():
    with Prefetch([], 2) as results:
        assert list(results) == []
