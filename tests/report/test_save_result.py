"""Saving a model with its record."""

import hashlib
import json
import os

import pytest

import openpot.report.save_result as save_result
from openpot.errors import FileError, ModelError, NotWritableError
from openpot.graph.read import read_model
from openpot.graph.same_model import find_first_difference
from openpot.report.save_result import save_with_record
from openpot.saved_files import verify_saved
from toy_models import tiny_cnn

RECORD = {"status": "done", "warnings": ["größer"]}


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_model_and_record_are_written_and_the_model_reads_back_equal(tmp_path):
    model = read_model(tiny_cnn())
    path = save_with_record(model, RECORD, tmp_path / "new" / "folder")
    assert set(contents(path.parent)) >= {"model.xml", "model.bin", "run.json"}
    assert find_first_difference(model, read_model(path)) is None


def test_record_names_the_digests_of_the_files_beside_it(tmp_path):
    save_with_record(read_model(tiny_cnn()), RECORD, tmp_path)
    record = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    assert record["warnings"] == ["größer"]
    assert record["files"] == {
        name: hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() for name in ("model.xml", "model.bin")
    }


def test_other_files_of_the_folder_stay(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    save_with_record(read_model(tiny_cnn()), RECORD, tmp_path)
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_saving_again_replaces_all_three(tmp_path):
    save_with_record(read_model(tiny_cnn(seed=1)), {"run": 1}, tmp_path)
    before = contents(tmp_path)
    save_with_record(read_model(tiny_cnn(seed=2)), {"run": 2}, tmp_path)
    after = contents(tmp_path)
    assert set(after) == set(before)
    assert after["model.bin"] != before["model.bin"]
    assert json.loads(after["run.json"])["run"] == 2


def test_the_model_read_from_a_folder_can_be_saved_over_itself(tmp_path):
    first = save_with_record(read_model(tiny_cnn()), RECORD, tmp_path)
    model = read_model(first)
    save_with_record(model, RECORD, tmp_path)
    assert find_first_difference(read_model(tiny_cnn()), read_model(first)) is None


@pytest.fixture
def replaces_in_turn(monkeypatch):
    """As where folders cannot trade places."""
    monkeypatch.setattr(save_result, "trade_places", lambda *_: False)


@pytest.mark.parametrize("step", ["save_models", "hash_file", "swap_ir"])
def test_a_failure_before_the_swap_leaves_the_old_files_alone(tmp_path, monkeypatch, replaces_in_turn, step):
    save_with_record(read_model(tiny_cnn(seed=1)), {"run": 1}, tmp_path)
    before = contents(tmp_path)

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(save_result, step, fail)
    with pytest.raises(FileError, match="No space left on device"):
        save_with_record(read_model(tiny_cnn(seed=2)), {"run": 2}, tmp_path)
    assert contents(tmp_path) == before, "nothing is replaced and nothing half-written stays"


def test_an_empty_folder_stays_empty_when_saving_fails(tmp_path, monkeypatch, replaces_in_turn):
    def fail(*_):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(save_result, "swap_ir", fail)
    with pytest.raises(FileError):
        save_with_record(read_model(tiny_cnn()), RECORD, tmp_path)
    assert contents(tmp_path) == {}


def test_too_little_space_is_said_before_anything_is_replaced(tmp_path, monkeypatch):
    monkeypatch.setattr("openpot.atomic_files.shutil.disk_usage", lambda _: type("Usage", (), {"free": 10})())
    with pytest.raises(FileError, match="not enough space"):
        save_with_record(read_model(tiny_cnn()), RECORD, tmp_path)
    assert contents(tmp_path) == {}


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with pytest.raises(NotWritableError, match="a file of that name is in the way"):
        save_with_record(read_model(tiny_cnn()), RECORD, blocked)
    assert blocked.read_text() == "in the way"


def test_a_model_that_reads_back_differently_is_not_put_in_place(tmp_path, monkeypatch, replaces_in_turn):
    save_with_record(read_model(tiny_cnn(seed=1)), {"run": 1}, tmp_path)
    before = contents(tmp_path)
    monkeypatch.setattr(save_result, "find_first_difference", lambda *_: "the value of the constant 'fc_w'")
    with pytest.raises(FileError, match="not the model that was saved: the value of the constant 'fc_w' differs"):
        save_with_record(read_model(tiny_cnn()), RECORD, tmp_path)
    after = contents(tmp_path)
    assert after["model.xml"] == before["model.xml"]
    assert after["run.json"] == before["run.json"]


@pytest.mark.parametrize("in_turn", [False, True])
def test_at_no_moment_a_record_lies_beside_another_model(tmp_path, monkeypatch, in_turn):
    if in_turn:
        monkeypatch.setattr(save_result, "trade_places", lambda *_: False)
    home = tmp_path / "out"
    save_with_record(read_model(tiny_cnn(seed=1)), {"run": 1}, home)
    moments = []

    def look(call):
        def wrapped(*arguments, **keywords):
            moments.append((home / "run.json").exists() and json.loads((home / "run.json").read_text())["run"])
            if moments[-1]:
                verify_saved(home)
            return call(*arguments, **keywords)

        return wrapped

    with monkeypatch.context() as patch:
        for name in ("fsync", "replace", "rename", "link"):
            patch.setattr(os, name, look(getattr(os, name)))
        save_with_record(read_model(tiny_cnn(seed=2)), {"run": 2}, home)
    assert moments[0] == 1
    assert in_turn or all(moments)
    assert json.loads((home / "run.json").read_text())["run"] == 2
    verify_saved(home)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_a_killed_process_left_is_removed_by_the_next_save(tmp_path):
    home = tmp_path / "out"
    for left_over in (tmp_path / ".out.openpot-saving-x", home / ".openpot-saving-y"):
        (left_over / "content").mkdir(parents=True)
    (tmp_path / ".out2.openpot-saving-z").mkdir()
    save_with_record(read_model(tiny_cnn()), RECORD, home)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".out2.openpot-saving-z", "out"]
    assert set(contents(home)) == {"model.xml", "model.bin", "run.json"}


def test_an_altered_model_is_not_read(tmp_path):
    path = save_with_record(read_model(tiny_cnn()), RECORD, tmp_path)
    weights = bytearray(path.with_suffix(".bin").read_bytes())
    weights[5] ^= 1
    path.with_suffix(".bin").write_bytes(weights)
    with pytest.raises(ModelError, match="is not the file that was saved"):
        read_model(path)


def test_a_report_of_another_model_does_not_stay(tmp_path):
    save_with_record(read_model(tiny_cnn(seed=1)), {"run": 1}, tmp_path, lambda _: "report")
    save_with_record(read_model(tiny_cnn(seed=2)), {"run": 2}, tmp_path)
    assert not (tmp_path / "report.html").exists()
