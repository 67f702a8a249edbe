"""The folder that a run is resumed from: what is used again, what is not, and what the user is told."""

import json

import pytest

from openpot.current_run import current_run, recorded
from openpot.errors import FileError, NotWritableError, OpenPotWarning
from openpot.journal import JOURNAL_NAME
from openpot.run_folder import clear_run_folder, holds_records, recording_run

IDENTITY = {
    "versions": {"openpot": "1"},
    "processor": {"machine": "x86_64"},
    "model": "a" * 64,
    "data": {"samples": 8},
    "settings": {"seed": 0, "max_output_error": "auto"},
    "metric": None,
}


def run_step(folder, identity, answer=7.0):
    """The answer of a step in a run, and whether it was computed."""
    computed = []

    def compute():
        computed.append(answer)
        return answer

    with recording_run(folder, identity):
        return recorded("step", lambda: [1], compute), bool(computed)


def test_the_same_run_uses_what_is_recorded(tmp_path):
    assert run_step(tmp_path, IDENTITY) == (7.0, True)
    assert run_step(tmp_path, IDENTITY, answer=8.0) == (7.0, False)


@pytest.mark.parametrize(
    ("part", "value", "told"),
    [
        ("model", "b" * 64, "starts anew: model is another one"),
        ("data", {"samples": 9}, "starts anew: data.samples was 8 and is 9"),
        ("versions", {"openpot": "2"}, "starts anew: versions.openpot was"),
        ("processor", {"machine": "aarch64"}, "starts anew: processor.machine was"),
    ],
)
def test_what_all_answers_depend_on_starts_the_run_anew_and_says_why(tmp_path, part, value, told):
    run_step(tmp_path, IDENTITY)
    with pytest.warns(OpenPotWarning, match=told):
        assert run_step(tmp_path, {**IDENTITY, part: value}, answer=8.0) == (8.0, True)
    assert len((tmp_path / JOURNAL_NAME).read_text().splitlines()) == 1


def test_other_options_leave_what_does_not_depend_on_them(tmp_path):
    run_step(tmp_path, IDENTITY)
    changed = {**IDENTITY, "settings": {"seed": 1, "max_output_error": "auto"}}
    with pytest.warns(OpenPotWarning, match="depends on that is computed anew: settings.seed was 0 and is 1"):
        assert run_step(tmp_path, changed, answer=8.0) == (7.0, False)


def test_a_folder_without_its_identity_is_of_no_use(tmp_path):
    run_step(tmp_path, IDENTITY)
    (tmp_path / "identity.json").write_text("{")
    assert run_step(tmp_path, IDENTITY, answer=8.0) == (8.0, True)


def test_files_of_others_stay(tmp_path):
    (tmp_path / "data.npz").write_bytes(b"mine")
    run_step(tmp_path, IDENTITY)
    with pytest.warns(OpenPotWarning):
        run_step(tmp_path, {**IDENTITY, "model": "c"})
    clear_run_folder(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["data.npz"]


def test_a_folder_that_holds_nothing_else_goes(tmp_path):
    folder = tmp_path / "records"
    run_step(folder, IDENTITY)
    assert holds_records(folder)
    clear_run_folder(folder)
    clear_run_folder(folder)
    assert not folder.exists()


def test_two_runs_do_not_share_a_folder(tmp_path):
    with (
        recording_run(tmp_path, IDENTITY),
        pytest.raises(FileError, match="another process works with"),
        recording_run(tmp_path, IDENTITY),
    ):
        pass


def test_an_interrupt_says_where_the_records_are(tmp_path):
    with pytest.raises(KeyboardInterrupt, match=r"recorded in .*: the same call goes on"), recording_run(tmp_path, {}):
        recorded("step", lambda: [], lambda: 1)
        raise KeyboardInterrupt
    with (
        pytest.raises(KeyboardInterrupt, match="told already"),
        recording_run(tmp_path, {}),
    ):
        raise KeyboardInterrupt("told already")
    with pytest.raises(KeyboardInterrupt) as bare, recording_run(tmp_path / "empty", {}):
        raise KeyboardInterrupt
    assert str(bare.value) == ""


def test_a_file_in_the_way_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(NotWritableError), recording_run(tmp_path / "file", IDENTITY):
        pass


def test_the_identity_can_be_read_by_people(tmp_path):
    run_step(tmp_path, IDENTITY)
    assert json.loads((tmp_path / "identity.json").read_text()) == IDENTITY


def test_after_the_block_nothing_is_recorded(tmp_path):
    run_step(tmp_path, IDENTITY)
    assert not current_run().is_recorded
