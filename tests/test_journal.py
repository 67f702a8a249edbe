"""The journal of answers that took time to find."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpot.errors import NotWritableError
from openpot.journal import JOURNAL_NAME, Journal, hash_parts

FINITE = st.floats(allow_nan=False, allow_infinity=False)


@given(answers=st.dictionaries(st.text(min_size=1), st.dictionaries(st.text(), FINITE)))
def test_what_was_noted_comes_back_bit_by_bit(tmp_path_factory, answers):
    folder = tmp_path_factory.mktemp("journal")
    journal = Journal(folder)
    for key, answer in answers.items():
        journal.add(key, answer, "something")
    again = Journal(folder)
    assert {key: again.get(key) for key in answers} == answers
    assert len(again) == len(answers)


def test_a_line_that_was_cut_off_is_ignored_and_the_next_one_begins_anew(tmp_path, caplog):
    journal = Journal(tmp_path)
    journal.add("a", 1, "first")
    journal.add("b", 2, "second")
    path = tmp_path / JOURNAL_NAME
    path.write_bytes(path.read_bytes()[:-9])
    again = Journal(tmp_path)
    assert (again.get("a"), again.get("b")) == (1, None)
    assert "1 line(s)" in caplog.text
    again.add("c", 3, "third")
    assert (Journal(tmp_path).get("a"), Journal(tmp_path).get("c")) == (1, 3)
    path.write_bytes(b"\xff\xfe no text\n[]\n{}\n" + path.read_bytes())
    assert Journal(tmp_path).get("c") == 3


def test_lines_are_json_that_people_can_read(tmp_path):
    journal = Journal(tmp_path)
    journal.add("k", {"accuracy": 0.5}, "the original model")
    line = json.loads(journal.path.read_text())
    line.pop("digest")
    assert line == {"key": "k", "about": "the original model", "answer": {"accuracy": 0.5}}


def test_without_a_folder_it_is_kept_in_memory_and_can_be_forgotten():
    journal = Journal(None)
    journal.add("a", 1, "first")
    assert journal.get("a") == 1
    journal.forget()
    assert journal.get("a") is None


def test_a_folder_that_takes_no_files_is_refused_before_any_work(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(NotWritableError, match="cannot write into the folder"):
        Journal(tmp_path / "file")


def test_keys_depend_on_every_part_and_not_on_the_order_of_dicts():
    assert hash_parts({"a": 1, "b": 2}, [3]) == hash_parts({"b": 2, "a": 1}, [3])
    assert len({hash_parts(1, 2), hash_parts(2, 1), hash_parts([1, 2]), hash_parts("1", 2)}) == 4


ANSWER = {"packed": np.arange(6, dtype=np.float32).reshape(2, 3), "loose": [{"1": np.float64(0.1)}], "count": 2}


def test_arrays_come_back_bit_by_bit(tmp_path):
    Journal(tmp_path).add("k", ANSWER, "statistics")
    known = Journal(tmp_path).get("k")
    np.testing.assert_array_equal(known["packed"], ANSWER["packed"], strict=True)
    assert (known["loose"][0]["1"], known["count"]) == (0.1, 2)


@pytest.mark.parametrize("damage", ["cut", "altered", "removed"])
def test_arrays_that_are_not_those_that_were_written_are_ignored(tmp_path, damage, caplog):
    Journal(tmp_path).add("k", ANSWER, "statistics")
    (path,) = tmp_path.glob("*.npz")
    content = path.read_bytes()
    path.write_bytes(content[:-9] if damage == "cut" else content[:-1] + b"x")
    if damage == "removed":
        path.unlink()
    assert Journal(tmp_path).get("k") is None
    assert "not those that were written" in caplog.text


def test_a_line_that_was_altered_is_ignored(tmp_path):
    journal = Journal(tmp_path)
    journal.add("k", 0.25, "error")
    journal.path.write_text(journal.path.read_text().replace("0.25", "0.35"))
    assert Journal(tmp_path).get("k") is None


def test_a_full_disk_is_told_with_the_path_and_the_bytes_and_the_answer_is_not_lost(tmp_path, monkeypatch):
    journal = Journal(tmp_path)
    fail_at(monkeypatch, "fsync", 1, OSError(28, "No space left on device"))
    with pytest.raises(
        NotWritableError, match=r"journal.*No space left on device; in .* bytes are needed, .* are free"
    ):
        journal.add("a", 1, "first")
    assert journal.get("a") == 1


class Killed(BaseException):
    pass


@pytest.mark.parametrize("fault", [OSError(5, "Input/output error"), Killed()], ids=["fails", "killed"])
@pytest.mark.parametrize("operation", ["write", "rename", "fsync"])
def test_whichever_operation_fails_what_was_recorded_before_is_there(tmp_path, monkeypatch, operation, fault):
    for n in range(1, 12):
        folder = tmp_path / str(n)
        with monkeypatch.context() as patch:
            fail_at(patch, operation, n, fault)
            added = add_until_it_fails(Journal(folder))
        journal = Journal(folder)
        assert all(journal.get(key) is not None for key in added)
        journal.add("later", 1, "after the fault")
        assert all(Journal(folder).get(key) is not None for key in [*added, "later"])


def add_until_it_fails(journal):
    added = []
    try:
        for number in range(4):
            journal.add(str(number), ANSWER if number % 2 else number, "step")
            added.append(str(number))
    except (OSError, Killed):
        pass
    return added


def fail_at(patch, operation, n, fault):
    """Let the n-th call of an operation on files fail."""
    owner, name = {"write": (Path, "open"), "rename": (Path, "replace"), "fsync": (os, "fsync")}[operation]
    original, calls = getattr(owner, name), []

    def call(*args, **kwargs):
        calls.append(name)
        if len(calls) == n:
            raise fault
        return original(*args, **kwargs)

    patch.setattr(owner, name, call)
