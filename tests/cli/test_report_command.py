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


def test_overlays_for_model_explorer_are_files_of_their_own(folder):
    layer = {
        "operation": "conv",
        "type": "Convolution",
        "precision": "i8",
        "is_integer": True,
        "reason": "",
        "arithmetic": "INT8",
    }
    (folder / "run.json").write_text(json.dumps({**RECORD, "layers": [layer]}))
    done = report(folder, "--overlay", folder / "overlays")
    assert done.exit_code == 0, done.stderr
    content = json.loads((folder / "overlays" / "precision.json").read_text())
    assert content["main_graph"]["results"]["conv"]["value"] == "i8"


def test_a_place_that_cannot_be_written_to_is_known_first(folder):
    (folder / "file").write_text("")
    done = report(folder, "--output", folder / "file" / "page.html")
    assert done.exit_code == 6
    assert "file" in done.stderr


def test_data_without_examining_are_a_mistake(folder):
    done = report(folder, "--data", "samples.npz")
    assert done.exit_code == 2
    assert "--examine" in done.stderr
