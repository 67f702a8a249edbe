"""Records of finished steps beside the output of a command."""

import pytest

from openpot.cli.output_folders import require_source_stays, resumable
from openpot.current_run import recorded
from openpot.errors import ConfigError
from openpot.run_folder import holds_records, recording_run


def run(stated, output, error=None, steps=1):
    """Work as a command does; returns the run folder."""
    with resumable(stated, output) as folder:
        with recording_run(folder, {}):
            for step in range(steps):
                recorded("step", lambda step=step: [step], lambda: 1)
        if error is not None:
            raise error
    return folder


def test_records_lie_beside_the_output_until_the_result_is_saved(tmp_path, capsys):
    output = tmp_path / "net-int8"
    with pytest.raises(KeyboardInterrupt):
        run(None, output, KeyboardInterrupt())
    assert holds_records(tmp_path / "net-int8.unfinished")
    assert capsys.readouterr().err == ""
    run(None, output)
    assert capsys.readouterr().err == f"going on from the records in {tmp_path / 'net-int8.unfinished'}\n"
    assert list(tmp_path.iterdir()) == []


def test_a_command_that_fails_before_anything_was_recorded_leaves_nothing(tmp_path):
    with pytest.raises(ValueError, match="no data"):
        run(None, tmp_path / "net-int8", ValueError("no data"), steps=0)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_was_asked_for_stays(tmp_path):
    run(tmp_path / "records", tmp_path / "net-int8")
    assert holds_records(tmp_path / "records")


@pytest.mark.parametrize("output", [".", "sub/..", "/"])
def test_outputs_without_a_name_have_a_place_beside_them_or_none(tmp_path, monkeypatch, output):
    (tmp_path / "work" / "sub").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "work")
    with resumable(None, type(tmp_path)(output)) as folder:
        assert folder == (None if output == "/" else tmp_path / "work.unfinished")


def test_where_nothing_can_be_made_beside_the_output_nothing_is_recorded(tmp_path):
    (tmp_path / "net.unfinished").write_text("a file")
    with resumable(None, tmp_path / "net") as folder:
        assert folder is None


def test_a_result_does_not_take_the_place_of_its_source(tmp_path):
    require_source_stays(tmp_path / "net.xml", tmp_path)
    require_source_stays(tmp_path / "model.onnx", tmp_path)
    with pytest.raises(ConfigError, match="would replace its source"):
        require_source_stays(tmp_path / "model.xml", tmp_path / "other" / "..")
