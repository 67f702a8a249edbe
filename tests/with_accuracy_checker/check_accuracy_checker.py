"""``pot`` with the real Accuracy Checker of openvino-dev 2023.3; ``make test-accuracy-checker`` runs this.

openvino-dev itself cannot be installed here (it brings an older OpenVINO and POT's own files), so only the folder of
the Accuracy Checker is taken out of its wheel.
"""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent))

import openvino.tools.accuracy_checker  # noqa: F401 - without it nothing here means anything

from pot_workspace import DEFAULT, NUM_SAMPLES, config_with, make_workspace, num_fake_quantize, pot, write_config

DATASET = """
  name: pictures
  data_source: pictures
  annotation_conversion: {converter: imagenet, annotation_file: labels.txt}
  preprocessing:
  - {type: resize, size: 16}
  - {type: bgr_to_rgb}
  - {type: normalization, mean: 128, std: 80}
  metrics:
  - {name: accuracy@top1, type: accuracy, top_k: 1}
  - {name: accuracy@top3, type: accuracy, top_k: 3}
"""


@pytest.fixture(autouse=True)
def workspace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return make_workspace(tmp_path)


def write_checker_config(folder):
    import yaml

    dataset = yaml.safe_load(DATASET)
    launchers = [{"framework": "dlsdk", "device": "CPU", "adapter": "classification"}]
    model = {"name": "small", "launchers": launchers, "datasets": [dataset]}
    (folder / "ac.yml").write_text(yaml.safe_dump({"models": [model]}))
    return dataset, launchers


def value_of(name, text):
    (line,) = [line for line in text.splitlines() if f":{name} " in line]
    return float(line.rpartition(": ")[2])


def test_a_file_of_the_accuracy_checker_calibrates_and_evaluates(workspace):
    write_checker_config(workspace)
    engine = {"config": "ac.yml", "stat_requests_number": 1, "eval_requests_number": 2}
    done = pot("-c", write_config(workspace, config_with(engine, DEFAULT)), "-e", "-d", "--output-dir", "out")
    assert done.exit_code == 0, done.stderr
    assert num_fake_quantize(workspace / "out" / "optimized" / "small.xml") >= 3
    assert 0 <= value_of("accuracy@top1", done.stdout) <= value_of("accuracy@top3", done.stdout) <= 1


def test_an_inline_description_measures_the_model_itself_as_right(workspace):
    dataset, launchers = write_checker_config(workspace)
    engine = {"datasets": [dataset], "launchers": launchers}
    done = pot("-c", write_config(workspace, config_with(engine)), "-e", "-d", "--output-dir", "out")
    assert done.exit_code == 0, done.stderr
    # The pictures are rounded to 8 bits, which may move at most one of the answers that the labels are.
    assert value_of("accuracy@top1", done.stdout) >= (NUM_SAMPLES - 1) / NUM_SAMPLES


def test_simplified_options_name_the_file(workspace):
    write_checker_config(workspace)
    done = pot("-q", "default", "-m", "net.xml", "-w", "net.bin", "--ac-config", "ac.yml", "-e", "-d", "-n", "mine")
    assert done.exit_code == 0, done.stderr
    assert num_fake_quantize(workspace / "results" / "optimized" / "mine.xml") >= 3


def test_what_the_accuracy_checker_refuses_is_an_error_of_the_configuration(workspace):
    dataset, launchers = write_checker_config(workspace)
    dataset["annotation_conversion"]["converter"] = "imagenett"
    engine = {"datasets": [dataset], "launchers": launchers}
    done = pot("-c", write_config(workspace, config_with(engine, DEFAULT)))
    assert done.exit_code == 1
    assert "the Accuracy Checker refuses its part of engine" in done.stderr
