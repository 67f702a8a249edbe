"""``openpot inspect``."""

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
    return CliRunner().invoke(app, ["inspect", *map(str, arguments)])


def test_a_model_is_shown_and_what_could_be_quantized(place):
    done = run("net.xml")
    assert done.exit_code == 0, done.stderr
    assert done.stdout.startswith("net.xml: FP32")
    assert "3 operations could be INT8 on CPU, 100.0% of the multiplications" in done.stdout
    content = json.loads(run("net.xml", "--json").stdout)
    assert content["operations"]["Convolution"] == 2
    assert (content["int8_share"], content["quantized"]) == (1.0, None)


def test_a_missing_model_is_exit_code_6(place):
    assert run("no.xml").exit_code == 6
