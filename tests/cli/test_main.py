"""The command line as a whole."""

import sys

import pytest
from typer.testing import CliRunner

import openpot
from openpot.cli.main import app


def test_help_lists_the_commands_and_nothing_else():
    done = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "200", "NO_COLOR": "1"})
    assert done.exit_code == 0
    assert "quantize" in done.stdout
    assert "doctor" in done.stdout
    assert {command.name for command in app.registered_commands} == {
        "quantize",
        "compress",
        "inspect",
        "compare",
        "evaluate",
        "benchmark",
        "sensitivity",
        "report",
        "verify",
        "doctor",
        "convert-config",
    }


@pytest.mark.parametrize("command", [command.name for command in app.registered_commands])
def test_the_help_of_each_command_has_an_example(command):
    done = CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "200", "NO_COLOR": "1"})
    assert f"openpot {command}" in done.stdout.partition("Usage")[2].partition("\n")[2]


def test_the_version_is_that_of_the_package():
    done = CliRunner().invoke(app, ["--version"])
    assert (done.exit_code, done.stdout.strip()) == (0, openpot.__version__)


@pytest.mark.parametrize(
    ("module", "words"),
    [
        ("openpot.api.inspect", ["inspect", "net.xml"]),
        ("openpot.api.compress_weights", ["compress", "net.xml"]),
        ("openpot.cli.quantize_run", ["quantize", "net.xml"]),
        ("openpot.saved_files", ["verify", "folder"]),
    ],
)
def test_a_part_that_cannot_be_imported_is_an_error_in_one_line(monkeypatch, module, words):
    monkeypatch.setitem(sys.modules, module, None)
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 1
    assert done.stderr.startswith("error in openpot itself: ModuleNotFoundError")
    assert done.stderr.count("\n") == 1


def test_without_a_command_the_help_is_shown():
    assert "Usage" in CliRunner().invoke(app, []).output


@pytest.mark.parametrize(
    "option",
    [
        "--data",
        "--output",
        "--preset",
        "--subset-size",
        "--target-device",
        "--ignored",
        "--json",
        "--dry-run",
        "--debug",
    ],
)
def test_help_of_quantize_names_every_option(option):
    done = CliRunner().invoke(app, ["quantize", "--help"], env={"COLUMNS": "200", "NO_COLOR": "1"})
    assert option in done.stdout


def test_unknown_command_is_a_usage_error():
    assert CliRunner().invoke(app, ["optimise"]).exit_code == 2
