"""``openpot sensitivity``."""

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
    return CliRunner().invoke(app, ["sensitivity", *map(str, arguments)])


def test_layers_are_listed_by_what_they_lose(place):
    done = run("net.xml", "--data", "samples.npz", "--json")
    assert done.exit_code == 0, done.stderr
    content = json.loads(done.stdout)
    assert {name for unit in content["units"] for name in unit["operations"]} == {"conv1", "conv2", "fc"}
    assert content["model"] == "net.xml"


def test_few_samples_are_refused(place):
    np.savez("few.npz", data=np.stack(images(3)))
    done = run("net.xml", "--data", "few.npz", "--ignored", "fc")
    assert (done.exit_code, "at least 6 samples, got 3" in done.stderr) == (4, True)
