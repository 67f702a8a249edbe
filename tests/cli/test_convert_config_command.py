"""``openpot convert-config``: the new file is run by ``pot`` and gives the same bytes."""

import json
from pathlib import Path

import numpy as np
import pytest
import yaml
from typer.testing import CliRunner

import openvino as ov
from openpot.cli.main import app
from openvino import opset13 as op
from pot_workspace import DEFAULT, SIMPLIFIED, config_with, make_workspace, pot, write_config
from toy_models import conv, normal


@pytest.fixture(autouse=True)
def workspace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return make_workspace(tmp_path)


def convert(*arguments):
    return CliRunner().invoke(app, ["convert-config", *map(str, arguments)])


def weights_of(config):
    done = pot("-c", config, "-d", "--output-dir", f"out-{config}", "--log-level", "ERROR")
    assert done.exit_code == 0, done.stderr
    return Path(f"out-{config}/optimized/small.bin").read_bytes()


@pytest.mark.usefixtures("compiled_anew")
@pytest.mark.parametrize("suffix", ["toml", "yaml", "json"])
def test_the_new_file_gives_the_same_bytes(workspace, suffix):
    old = write_config(workspace, config_with(SIMPLIFIED, DEFAULT))
    done = convert(old, f"new.{suffix}")
    assert done.exit_code == 0, done.stderr
    assert done.stdout == f"new.{suffix}\n"
    assert "note: images are taken as before" in done.stderr
    assert weights_of(old) == weights_of(f"new.{suffix}")


def test_a_model_of_grey_images_stays_one(workspace):
    rng = np.random.default_rng(0)
    data = op.parameter([1, 1, 16, 16], np.float32, name="data")
    model = ov.Model([op.result(op.relu(conv(data, normal(rng, 4, 1, 3, 3), "conv")))], [data], "grey")
    ov.save_model(model, workspace / "net.xml", compress_to_fp16=False)
    old = write_config(workspace, config_with(SIMPLIFIED, DEFAULT))
    assert convert(old, "new.toml").exit_code == 0
    assert 'channel_order = "grey"' in (workspace / "new.toml").read_text()
    assert weights_of(old) == weights_of("new.toml")


def test_a_description_for_the_accuracy_checker_is_run_without_it(workspace):
    dataset = {
        "name": "pictures",
        "data_source": "pictures",
        "annotation_conversion": {"converter": "imagenet", "annotation_file": "labels.txt"},
        "preprocessing": [{"type": "bgr_to_rgb"}, {"type": "normalization", "mean": 128, "std": 80}],
        "metrics": [{"type": "accuracy", "top_k": 1}],
    }
    launchers = [{"framework": "dlsdk", "adapter": "classification"}]
    (workspace / "ac.yml").write_text(yaml.safe_dump({"models": [{"launchers": launchers, "datasets": [dataset]}]}))
    old = write_config(workspace, config_with({"config": "ac.yml"}))
    assert convert(old, "new.yaml").exit_code == 0
    done = pot("-c", "new.yaml", "-e", "-d")
    assert done.exit_code == 0, done.stderr
    # Labels are what the network answers; rounding the pictures to 8 bits may move at most one answer.
    value = float(done.stdout.rpartition("accuracy@top1              : ")[2])
    assert value >= 5 / 6


def test_a_file_that_is_there_is_written_over_only_by_force(workspace):
    old = write_config(workspace, config_with(SIMPLIFIED, DEFAULT))
    (workspace / "new.json").write_text("mine")
    done = convert(old, "new.json")
    assert done.exit_code == 6
    assert "new.json is there already" in done.stderr
    assert (workspace / "new.json").read_text() == "mine"
    assert convert(old, "new.json", "--force").exit_code == 0
    assert json.loads((workspace / "new.json").read_text())["engine"]["type"] == "openpot"


def test_a_wrong_file_gets_all_its_faults_and_nothing_is_written(workspace):
    old = write_config(workspace, config_with({"type": "simplified"}, ("DefaultQuantization", {"presett": 1})))
    done = convert(old, "new.toml")
    assert done.exit_code == 2
    assert done.stderr.startswith("error: 2 faults in the configuration:")
    assert not (workspace / "new.toml").exists()


def test_files_that_are_elsewhere_need_not_be_there(workspace):
    content = config_with(SIMPLIFIED, DEFAULT, model={"model": "elsewhere.xml", "weights": "elsewhere.bin"})
    assert convert(write_config(workspace, content), "new.toml").exit_code == 0
