"""``openpot evaluate``."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

import openvino as ov
from openpot.cli.main import app
from toy_models import images, tiny_cnn


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with a model and data, which is the current one."""
    ov.save_model(tiny_cnn(), tmp_path / "net.xml", compress_to_fp16=False)
    ov.save_model(tiny_cnn(seed=1), tmp_path / "other.xml", compress_to_fp16=False)
    samples = np.stack(images(8))
    np.savez(tmp_path / "samples.npz", data=samples)
    np.savez(tmp_path / "labelled.npz", data=samples, label=np.arange(8) % 5)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(app, ["evaluate", *map(str, arguments)])


def test_a_metric_comes_with_its_interval(place):
    done = run("net.xml", "--data", "labelled.npz", "--metric", "accuracy,k=2", "--json")
    assert done.exit_code == 0, done.stderr
    content = json.loads(done.stdout)
    lower, upper = content["intervals"]["accuracy@top2"]
    assert 0 <= lower <= content["values"]["accuracy@top2"] <= upper <= 1
    assert content["samples"] == 8
    assert "accuracy@top2" in run("net.xml", "--data", "labelled.npz", "--metric", "accuracy,k=2").stdout


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("net.xml", "--data", "labelled.npz"), 2, "--metric is missing"),
        (("net.xml", "--data", "samples.npz", "--metric", "accuracy"), 4, "no sample has an annotation"),
    ],
)
def test_what_cannot_be_measured_is_refused(place, arguments, code, words):
    done = run(*arguments)
    assert done.exit_code == code
    assert words in done.stderr
