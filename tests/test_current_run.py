"""Steps that are recorded: looked up, computed if they are not known, and never lost with the journal."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from openpot.current_run import CurrentRun, current_run, recorded, recorded_each, running, shared_with
from openpot.errors import NotWritableError, OpenPotWarning
from openpot.journal import Journal


def never():
    raise AssertionError("asked for nothing")


def test_without_a_folder_nothing_is_looked_up():
    assert recorded("step", never, lambda: 3) == 3
    with running(CurrentRun()):
        assert recorded("step", never, lambda: 3) == 3


def test_a_recorded_step_is_not_computed_again(tmp_path):
    arrays = {"mean": np.arange(3, dtype=np.float32), "rows": [np.float64(0.1), 2]}
    with running(CurrentRun(Journal(tmp_path))):
        recorded("step", lambda: [1], lambda: arrays)
    with running(CurrentRun(Journal(tmp_path))):
        known = recorded("step", lambda: [1], never)
    np.testing.assert_array_equal(known["mean"], arrays["mean"], strict=True)
    assert known["rows"] == [0.1, 2]


@pytest.mark.parametrize("other", [("step", [2], ""), ("other", [1], ""), ("step", [1], "base")])
def test_a_step_of_another_kind_or_input_or_run_is_computed(tmp_path, other):
    about, parts, base = other
    with running(CurrentRun(Journal(tmp_path))):
        recorded("step", lambda: [1], lambda: 1)
    with running(CurrentRun(Journal(tmp_path), base)):
        assert recorded(about, lambda: parts, lambda: 2) == 2


def test_a_journal_that_cannot_be_written_ends_no_run(tmp_path, monkeypatch):
    def fail(self, key, answer, about):
        raise NotWritableError("the disk is full")

    monkeypatch.setattr(Journal, "add", fail)
    with running(CurrentRun(Journal(tmp_path))), pytest.warns(OpenPotWarning, match=r"disk is full.*goes on"):
        assert recorded("step", lambda: [1], lambda: 5) == 5


def test_of_many_steps_only_those_that_are_missing_are_computed_and_each_is_recorded_at_once(tmp_path):
    asked = []

    def compute(numbers):
        asked.append(list(numbers))
        return (10 * number for number in numbers)

    inputs = [lambda number=number: [number] for number in range(4)]
    with running(CurrentRun(Journal(tmp_path))):
        assert list(recorded_each("step", inputs[1:3], lambda numbers: (10 * (n + 1) for n in numbers))) == [10, 20]
    with running(CurrentRun(Journal(tmp_path))):
        answers = recorded_each("step", inputs, compute)
        assert [next(answers) for _ in range(3)] == [0, 10, 20]
    with running(CurrentRun(Journal(tmp_path))):
        assert list(recorded_each("step", inputs, compute)) == [0, 10, 20, 30]
    assert asked == [[0, 3], [3]]


def test_without_a_folder_all_steps_are_computed():
    assert list(recorded_each("step", [never, never], lambda numbers: iter(numbers))) == [0, 1]


def test_runs_are_nested(tmp_path):
    with running(CurrentRun(base="outer")):
        with running(CurrentRun(base="inner")):
            assert current_run().base == "inner"
        assert current_run().base == "outer"
    assert current_run().base == ""


def test_in_a_shared_block_there_are_workers_and_the_rest_of_the_run_stays():
    with ThreadPoolExecutor(1) as executor, running(CurrentRun(base="outer")):
        with shared_with(None):
            assert current_run().workers is None
        with shared_with(executor):
            assert (current_run().base, current_run().workers is None) == ("outer", False)
            with shared_with(None):
                assert current_run().workers is not None
        assert current_run().workers is None
