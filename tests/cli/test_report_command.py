"""``openpot report``: the page once more, from the record."""

import json

import pytest
from typer.testing import CliRunner

from openpot.cli.main import app

RECORD = {"status": "done", "plan": {"target_device": "CPU"}, "size_before": 4000, "size_after": 1000}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "run.json").write_text(json.dumps(RECORD))
    return tmp_path


def report(*arguments):
    return CliRunner().invoke(app, ["report", *map(str, arguments)])


def test_the_report_is_written_beside_the_record(folder):
    done = report(folder)
    assert done.exit_code == 0, done.stderr
    assert done.stdout.strip().endswith("report.html")
    assert "4.00x smaller" in (folder / "report.html").read_text(encoding="utf-8")


def test_the_report_can_go_elsewhere(folder):
    assert report(folder / "run.json", "--output", folder / "new" / "page.html").exit_code == 0
    assert (folder / "new" / "page.html").exists()
    assert not (folder / "report.html").exists()


def test_a_folder_without_a_record_is_exit_code_6(tmp_path):
    done = report(tmp_path)
    assert done.exit_code == 6
    assert "there is no run.json" in done.stderr


def test_a_record_of_a_newer_openpot_is_refused(folder):
    (folder / "run.json").write_text(json.dumps({**RECORD, "format": 99}))
    done = report(folder)
    assert done.exit_code == 6
    assert "format 99" in done.stderr
