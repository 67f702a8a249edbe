"""``openpot compare``."""

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
    return CliRunner().invoke(app, ["compare", *map(str, arguments)])


def test_two_models_are_compared_as_text_and_as_json(place):
    text = run("net.xml", "other.xml", "--data", "samples.npz", "--no-timing")
    assert text.exit_code == 0, text.stderr
    assert text.stdout.startswith("other.xml beside net.xml")
    assert "conv1      Convolution" in text.stdout
    assert "comparing the layers..." in text.stderr
    content = json.loads(run("net.xml", "other.xml", "--data", "samples.npz", "--no-timing", "--json").stdout)
    assert [layer["operation"] for layer in content["layers"]] == ["conv1", "conv2", "fc"]
    assert (content["model"], content["other"], content["samples"], content["speed"]) == (
        "net.xml",
        "other.xml",
        8,
        None,
    )


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("net.xml", "other.xml"), 2, "--data is missing"),
        (("net.xml", "no.xml", "--data", "samples.npz"), 6, "no.xml"),
        (("net.xml", "other.xml", "--data", "samples.npz", "--subset-size", "1"), 2, "2 or more"),
        (("net.xml", "other.xml", "--data", "samples.npz", "--device", "TPU"), 2, "not on this machine"),
    ],
)
def test_what_cannot_be_compared_is_refused(place, arguments, code, words):
    done = run(*arguments)
    assert done.exit_code == code
    assert words in done.stderr
