"""``openpot quantize`` from end to end, on small networks."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

import openvino as ov
from openpot.cli.main import app
from openvino import opset13 as op
from real_networks import outputs
from toy_models import images, tiny_cnn


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with a model and data, which is the current one."""
    ov.save_model(tiny_cnn(), tmp_path / "net.xml", compress_to_fp16=False)
    np.savez(tmp_path / "samples.npz", data=np.stack(images(6)))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(app, ["quantize", *map(str, arguments)])


def test_model_and_data_become_a_folder_and_a_report(place):
    done = run("net.xml", "--data", "samples.npz", "--output", "out", "--subset-size", "4")
    assert done.exit_code == 0, done.stderr
    assert {file.name for file in (place / "out").iterdir()} == {"model.xml", "model.bin", "run.json", "report.html"}
    assert done.stdout.startswith("quantized net.xml for CPU, preset performance, 4 samples calibrated")
    assert done.stdout.endswith("saved in out, report: out/report.html\n")
    assert ov.Core().read_model(place / "out" / "model.xml").outputs[0].get_any_name() == "logits"


def test_the_report_names_the_command_and_is_the_one_that_the_record_gives_again(place):
    assert run("net.xml", "--data", "samples.npz", "--seed", "3").exit_code == 0
    report = place / "net-int8" / "report.html"
    first = report.read_text(encoding="utf-8")
    assert "openpot quantize net.xml --data samples.npz --seed 3 --metric accuracy" in first
    report.unlink()
    assert CliRunner().invoke(app, ["report", "net-int8"]).exit_code == 0
    assert report.read_text(encoding="utf-8") == first


def test_a_closer_look_can_be_part_of_the_run(place):
    done = run("net.xml", "--data", "samples.npz", "--examine", "--no-timing")
    assert done.exit_code == 0, done.stderr
    look = json.loads((place / "net-int8" / "run.json").read_text())["examination"]
    assert {layer for tensor in look["tensors"] for layer in tensor["layers"]} == {"conv1", "conv2", "fc"}
    assert "Values and ranges" in (place / "net-int8" / "report.html").read_text()


def test_output_has_a_default_beside_the_current_folder(place):
    assert run("net.xml", "--data", "samples.npz").exit_code == 0
    assert (place / "net-int8" / "model.xml").exists()


def test_json_alone_is_on_standard_output(place):
    done = run("net.xml", "--data", "samples.npz", "--json")
    content = json.loads(done.stdout)
    assert content["status"] == "done"
    saved = json.loads((place / "net-int8" / "run.json").read_text())
    assert saved == content | {"files": saved["files"]}


def test_progress_is_on_standard_error_in_plain_lines(place):
    done = run("net.xml", "--data", "samples.npz")
    assert "collecting statistics: 6 steps" in done.stderr
    assert "\x1b" not in done.stderr + done.stdout


def test_dry_run_needs_no_data_and_writes_nothing(place):
    before = sorted(place.iterdir())
    done = run("net.xml", "--dry-run")
    assert done.exit_code == 0
    assert "3 operations become INT8" in done.stdout
    assert sorted(place.iterdir()) == before


def test_dry_run_with_images_shows_one_as_the_network_will_see_it(place):
    (place / "images").mkdir()
    for number in range(2):
        Image.fromarray(np.full((20, 40, 3), 90, np.uint8)).save(place / "images" / f"{number}.png")
    done = run("net.xml", "--dry-run", "--data", "images", "--letterbox", "7")
    assert done.exit_code == 0, done.stderr
    assert "warning: how images become inputs is guessed: layout CHW" in done.stderr
    assert "resizing" not in done.stderr
    assert "net-input.png: images/0.png (40x20 pixels) as the network sees it, 16x16 pixels" in done.stderr
    pixels = np.asarray(Image.open(place / "net-input.png"))
    assert (pixels[0, 0].tolist(), pixels[8, 8].tolist()) == ([7, 7, 7], [90, 90, 90])


def test_dry_run_as_json_lists_the_decisions(place):
    content = json.loads(run("net.xml", "--dry-run", "--json", "--ignored", "conv1", "--ignored", "fc").stdout)
    assert {entry["operation"]: entry["quantized"] for entry in content["decisions"]} == {
        "conv1": False,
        "conv2": True,
        "fc": False,
    }


def test_choices_reach_the_result(place):
    done = run("net.xml", "--data", "samples.npz", "--json", "--preset", "mixed", "--seed", "7", "--ignored", "conv2")
    settings = json.loads(done.stdout)["settings"]
    assert (settings["preset"], settings["seed"], settings["ignored_scope"]["scope"]) == ("mixed", 7, ["conv2"])


@pytest.fixture
def labelled(place):
    """An archive whose labels are what the float model answers."""
    samples = np.stack(images(24))
    answers = outputs(tiny_cnn(), list(samples)).reshape(24, -1).argmax(axis=1)
    np.savez(place / "labelled.npz", data=samples, label=answers)
    return "labelled.npz"


def test_a_metric_is_measured_before_and_after(labelled):
    done = run("net.xml", "--data", labelled, "--metric", "accuracy,k=2", "--json")
    assert done.exit_code == 0, done.stderr
    content = json.loads(done.stdout)
    assert content["metric_before"] == {"accuracy@top2": 1.0}
    assert (content["metric_samples"], content["drop"]) == (12, None)
    assert (content["metric_measured_on"], content["held_out_share"]) == ("held-out samples", 0.5)


def test_samples_that_validate_can_be_named_and_so_can_their_share(labelled):
    done = run("net.xml", "--data", "samples.npz", "--metric", "accuracy", "--validation-data", labelled, "--json")
    assert done.exit_code == 0, done.stderr
    content = json.loads(done.stdout)
    assert (content["metric_samples"], content["metric_measured_on"]) == (24, "validation data")
    done = run("net.xml", "--data", labelled, "--metric", "accuracy", "--validation-share", "0.25", "--json")
    assert json.loads(done.stdout)["metric_samples"] == 6


def test_a_drop_that_is_kept_is_exit_code_0(labelled):
    done = run("net.xml", "--data", labelled, "--metric", "accuracy", "--max-drop", "0.05", "--drop-type", "relative")
    assert done.exit_code == 0, done.stderr
    assert "allowed 0.0500, not certain with 12 samples after" in done.stdout
    assert "measure it on more samples (validation_data, --validation-data)" in done.stdout


def test_a_drop_that_is_not_kept_is_exit_code_3_and_the_best_model_is_saved(place):
    (place / "strict.py").write_text(
        "import numpy as np\n\n\n"
        "def strict(outputs, answer):\n"
        "    return 1.0 if np.abs(outputs[0] - answer).max() < 1e-6 else 0.25\n"
    )
    samples = np.stack(images(8))
    np.savez(place / "answers.npz", data=samples, answer=outputs(tiny_cnn(), list(samples)))
    options = ("--target-device", "GNA3", "--preset", "accuracy", "--max-drop", "0.5", "--output", "out")
    done = run("net.xml", "--data", "answers.npz", "--metric", "strict:strict", "--higher-is-better", *options)
    assert done.exit_code == 3, done.stderr
    assert "allowed 0.5000, NOT MET" in done.stdout
    assert json.loads((place / "out" / "run.json").read_text())["status"] == "target not met"
    assert (place / "out" / "model.xml").exists()


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (("--max-drop", "0.1"), 2, "there is no metric"),
        (("--drop-type", "relative"), 2, "state max_drop too"),
        (("--metric", "accuracy", "--max-drop", "0.1", "--max-output-error", "0.5"), 2, "state one of them"),
        (("--metric", "acuracy"), 2, "accuracy"),
        (("--annotations", "label"), 2, "name one with --metric"),
        (("--metric", "accuracy", "--annotations", "lable"), 4, "did you mean 'label'"),
    ],
    ids=str,
)
def test_options_about_the_metric_that_make_no_sense(labelled, options, code, words):
    done = run("net.xml", "--data", labelled, *options)
    assert done.exit_code == code, done.stderr
    assert words in done.stderr


@pytest.fixture
def pictures(place):
    folder = place / "pictures"
    folder.mkdir()
    for number, sample in enumerate(images(4)):
        pixels = np.clip(sample.transpose(1, 2, 0) * 80 + 128, 0, 255).astype(np.uint8)
        Image.fromarray(pixels).resize((20, 24)).save(folder / f"{number}.png")
    return folder


def test_guessed_pre_processing_of_images_is_shown_and_recorded(pictures):
    done = run("net.xml", "--data", pictures, "--json")
    assert "4 images: layout CHW; RGB; 16x16" in done.stderr
    assert "(guessed:" in done.stderr
    assert json.loads(done.stdout)["settings"]["images"].startswith("layout CHW; RGB; 16x16")


def test_images_get_their_labels_from_a_file(pictures, place):
    (place / "labels.txt").write_text("".join(f"{number}.png {number}\n" for number in range(4)))
    done = run("net.xml", "--data", pictures, "--metric", "accuracy,k=5", "--annotations", "labels.txt", "--json")
    assert done.exit_code == 0, done.stderr
    content = json.loads(done.stdout)
    assert content["metric_after"] == {"accuracy@top5": 1.0}
    assert content["settings"]["images"].startswith("layout CHW; RGB; 16x16")


def test_pre_processing_can_be_chosen(pictures):
    done = run("net.xml", "--data", pictures, "--channel-order", "BGR", "--mean", "1,2,3", "--scale", "4,5,6")
    assert "BGR" in done.stderr
    assert "(pixel - [1.0, 2.0, 3.0]) / [4.0, 5.0, 6.0]" in done.stderr


def test_nothing_to_quantize_is_exit_code_3(place):
    x = op.parameter([1, 4], np.float32)
    x.output(0).get_tensor().set_names({"x"})
    ov.save_model(ov.Model([op.result(op.relu(x))], [x], "relu"), place / "relu.xml")
    np.savez(place / "x.npz", x=np.eye(4, dtype=np.float32))
    done = run("relu.xml", "--data", "x.npz")
    assert done.exit_code == 3
    assert done.stdout.startswith("nothing was quantized in relu.xml")


def bad_samples(place):
    samples = np.stack(images(3))
    samples[1, 0, 0, 0] = np.nan
    np.savez(place / "bad.npz", data=samples)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["net.xml"], 2, "--data is missing"),
        (["net.xml", "--data", "samples.npz", "--preset", "fast"], 2, "performance"),
        (["net.xml", "--data", "samples.npz", "--subset-size", "0"], 2, "subset_size must be a whole number from 1"),
        (["net.xml", "--data", "samples.npz", "--ignored", "conv3"], 2, "did you mean 'conv"),
        (["net.xml", "--data", "samples.npz", "--mean", "1,2,3"], 2, "holds no image files: mean can only be chosen"),
        (["net.xml", "--data", "bad.npz"], 4, "sample 1"),
        (["net.xml", "--data", "nothing.npz"], 6, "nothing.npz"),
        (["nothing.xml", "--data", "samples.npz"], 6, "nothing.xml"),
        (["broken.onnx", "--data", "samples.npz"], 5, "broken.onnx"),
        (["net.xml", "--data", "samples.npz", "--output", "samples.npz"], 6, "a file of that name is in the way"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_mistake_is_one_message_and_an_exit_code(place, arguments, code, words):
    bad_samples(place)
    (place / "broken.onnx").write_bytes(b"no model")
    done = run(*arguments)
    assert done.exit_code == code, done.stderr
    message = done.stderr.splitlines()[-1]
    assert message.startswith("error: ")
    assert words in message
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert not (place / "net-int8").exists(), "no empty folder is left behind"


def test_unknown_option_is_a_usage_error(place):
    done = run("net.xml", "--dta", "samples.npz")
    assert done.exit_code == 2
    assert "--dta" in done.stderr


def test_python_module_is_the_same_command(place):
    done = subprocess.run(
        [sys.executable, "-m", "openpot", "quantize", "net.xml", "--dry-run"],
        capture_output=True,
        text=True,
        env=dict(os.environ),
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "operations become INT8" in done.stdout
