"""``openpot benchmark``."""

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
    return CliRunner().invoke(app, ["benchmark", *map(str, arguments)])


def test_two_models_are_timed_beside_each_other(place):
    done = run("net.xml", "other.xml", "--data", "samples.npz", "--seconds", "0.01")
    assert done.exit_code == 0, done.stderr
    assert "throughput over f32" in done.stdout
    assert "kernels" in done.stdout
    assert "timing the layers..." in done.stderr


def test_one_model_alone_needs_no_data(place):
    done = run("net.xml", "--seconds", "0.01", "--json")
    assert done.exit_code == 0, done.stderr
    content = json.loads(done.stdout)
    assert (content["model"], content["other"]) == ("net.xml", None)
    assert content["speed"]["milliseconds"]["f32"] > 0
    assert {"conv1", "conv2"} <= {layer["operation"] for layer in content["layers"]}


def test_no_time_is_refused(place):
    done = run("net.xml", "--seconds", "0")
    assert (done.exit_code, "positive number" in done.stderr) == (2, True)
