"""The journal of evaluations."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpot.errors import NotWritableError
from openpot.search.evaluation_journal import JOURNAL_NAME, EvaluationJournal, hash_parts

FINITE = st.floats(allow_nan=False, allow_infinity=False)


@given(answers=st.dictionaries(st.text(min_size=1), st.dictionaries(st.text(), FINITE)))
def test_what_was_noted_comes_back_bit_by_bit(tmp_path_factory, answers):
    folder = tmp_path_factory.mktemp("journal")
    journal = EvaluationJournal(folder)
    for key, answer in answers.items():
        journal.add(key, answer, "something")
    again = EvaluationJournal(folder)
    assert {key: again.get(key) for key in answers} == answers
    assert len(again) == len(answers)


def test_a_line_that_was_cut_off_is_ignored_and_the_next_one_begins_anew(tmp_path, caplog):
    journal = EvaluationJournal(tmp_path)
    journal.add("a", 1, "first")
    journal.add("b", 2, "second")
    path = tmp_path / JOURNAL_NAME
    path.write_bytes(path.read_bytes()[:-9])
    again = EvaluationJournal(tmp_path)
    assert (again.get("a"), again.get("b")) == (1, None)
    assert "1 line(s)" in caplog.text
    again.add("c", 3, "third")
    assert (EvaluationJournal(tmp_path).get("a"), EvaluationJournal(tmp_path).get("c")) == (1, 3)
    path.write_bytes(b"\xff\xfe no text\n[]\n{}\n" + path.read_bytes())
    assert EvaluationJournal(tmp_path).get("c") == 3


def test_lines_are_json_that_people_can_read(tmp_path):
    journal = EvaluationJournal(tmp_path)
    journal.add("k", {"accuracy": 0.5}, "the original model")
    assert json.loads(journal.path.read_text()) == {
        "key": "k", "about": "the original model", "answer": {"accuracy": 0.5}
    }  # fmt: skip
    with pytest.raises(ValueError, match="JSON"):
        journal.add("n", float("nan"), "no number")


def test_without_a_folder_it_is_kept_in_memory_and_can_be_forgotten():
    journal = EvaluationJournal(None)
    journal.add("a", 1, "first")
    assert journal.get("a") == 1
    journal.forget()
    assert journal.get("a") is None


def test_a_folder_that_takes_no_files_is_refused_before_any_work(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(NotWritableError, match="cannot write into the folder"):
        EvaluationJournal(tmp_path / "file")


def test_keys_depend_on_every_part_and_not_on_the_order_of_dicts():
    assert hash_parts({"a": 1, "b": 2}, [3]) == hash_parts({"b": 2, "a": 1}, [3])
    assert len({hash_parts(1, 2), hash_parts(2, 1), hash_parts([1, 2]), hash_parts("1", 2)}) == 4
