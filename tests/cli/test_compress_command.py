"""``openpot compress`` from end to end, on a small network."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

import openvino as ov
from compressible_models import language_model, token_samples
from openpot.cli.main import app


@pytest.fixture
def place(tmp_path, monkeypatch):
    ov.save_model(language_model(tied=False), tmp_path / "net.xml")
    np.savez(tmp_path / "samples.npz", tokens=np.concatenate(token_samples(10)))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(app, ["compress", *map(str, arguments)])


def test_a_model_becomes_a_folder_and_a_report(place):
    done = run("net.xml", "--output", "out", "--weight-format", "int4_asym", "--group-size", "32")
    assert done.exit_code == 0, done.stderr
    assert {file.name for file in (place / "out").iterdir()} >= {"model.xml", "model.bin", "run.json"}
    assert done.stdout.startswith("compressed the weights of net.xml")
    assert "groups of 32" in done.stdout
    assert done.stdout.endswith("saved in out\n")


def test_the_folder_has_a_default_and_json_is_alone_on_standard_output(place):
    done = run("net.xml", "--json", "--ignored", "up")
    content = json.loads(done.stdout)
    assert content["settings"]["weight_format"] == "int8_asym"
    assert (place / "net-int8_asym" / "model.xml").exists()


def test_a_fault_is_a_message_and_leaves_no_folder(place):
    done = run("net.xml", "--weight-format", "int5")
    assert done.exit_code == 2
    assert "int5" in done.stderr
    assert not (place / "net-int5").exists()


def test_the_source_is_not_replaced(place):
    before = (place / "net.xml").rename(place / "model.xml").read_bytes()
    (place / "net.bin").rename(place / "model.bin")
    done = run("model.xml", "--output", ".")
    assert done.exit_code == 2
    assert "would replace its source" in done.stderr
    assert (place / "model.xml").read_bytes() == before


def test_too_great_a_loss_is_saved_but_not_done(place):
    arguments = ("net.xml", "--data", "samples.npz", "--output", "out", "--weight-format", "int2_asym")
    done = run(*arguments, "--table-format", "int2_asym", "--min-agreement", "0.999")
    assert done.exit_code == 3, done.stderr
    assert "below the floor of 100%" in done.stdout
    assert json.loads((place / "out" / "run.json").read_text())["status"] == "target not met"
