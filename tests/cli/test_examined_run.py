"""A closer look at a saved run."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

import openvino as ov
from openpot.cli.examined_run import find_option
from openpot.cli.main import app
from report_reader import read_page
from toy_models import images, tiny_cnn


@pytest.fixture(scope="module")
def quantized(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    ov.save_model(tiny_cnn(), folder / "net.xml", compress_to_fp16=False)
    np.savez(folder / "samples.npz", data=np.stack(images(6)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("openpot.measure.side_by_side.SECONDS_OF_TIMING", 0.0)
        words = ["quantize", folder / "net.xml", "--data", folder / "samples.npz", "--output", folder / "int8"]
        done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exit_code == 0, done.output
    return folder


def run(*words):
    return CliRunner().invoke(app, ["report", *map(str, words)])


def test_the_record_names_model_and_data(quantized, monkeypatch):
    monkeypatch.setattr("openpot.examination.layer_times.SECONDS_OF_TIMING", 0.0)
    record = quantized / "int8" / "run.json"
    done = run(quantized / "int8", "--examine")
    assert done.exit_code == 0, done.output
    assert json.loads(record.read_text())["examination"]["samples"] == 6
    page = read_page((quantized / "int8" / "report.html").read_text(encoding="utf-8"))
    assert "error that has gathered" in page.text
    assert CliRunner().invoke(app, ["verify", str(quantized / "int8")]).exit_code == 0


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (("--model", "nowhere.xml"), 6, "the float model is not at 'nowhere.xml'"),
        (("--data", "nowhere.npz"), 6, "nowhere.npz"),
    ],
    ids=["model", "data"],
)
def test_what_is_not_there_is_named(quantized, options, code, words):
    done = run(quantized / "int8", "--examine", *options)
    assert done.exit_code == code, done.output
    assert words in done.stderr


@pytest.mark.parametrize(
    ("words", "value"),
    [
        (["openpot", "--data", "a", "--data", "b"], "b"),
        (["openpot", "--data=a"], "a"),
        (["openpot", "data"], None),
        (["--data"], ""),
    ],
)
def test_an_option_of_a_command(words, value):
    assert find_option(words, "data") == value
