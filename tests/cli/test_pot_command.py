"""``pot`` from end to end on small networks: options, folders, log, exit codes."""

import json
import re
import subprocess
import sys

import numpy as np
import pytest

import openvino as ov
from compressible_models import language_model, token_samples
from onnx_models import conv_bn_relu
from pot_workspace import (
    DEFAULT,
    OWN_ENGINE,
    SIMPLIFIED,
    config_with,
    make_workspace,
    num_fake_quantize,
    pot,
    write_config,
)

TEMPLATE = ["-q", "default", "-m", "net.xml", "-w", "net.bin", "--engine", "simplified", "--data-source", "pictures"]


@pytest.fixture(autouse=True)
def workspace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return make_workspace(tmp_path)


def test_a_configuration_becomes_a_model_in_a_folder_of_its_own(workspace):
    done = pot("-c", write_config(workspace, config_with(OWN_ENGINE, DEFAULT)))
    assert done.exit_code == 0, done.stderr
    (run,) = (workspace / "results" / "small_DefaultQuantization").iterdir()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d", run.name)
    files = {str(file.relative_to(run)) for file in run.rglob("*") if file.is_file()}
    assert files == {"log.txt", "optimized/small.xml", "optimized/small.bin"}
    assert num_fake_quantize(run / "optimized" / "small.xml") >= 3


def test_weights_that_lose_too_much_are_saved_with_exit_code_3_and_what_to_do(workspace):
    ov.save_model(language_model(), workspace / "net.xml", compress_to_fp16=False)
    np.savez(workspace / "samples.npz", tokens=np.concatenate(token_samples(6)))
    compression = ("WeightCompression", {"max_output_error": 1e-9})
    engine = {"type": "openpot", "data": {"npz": "samples.npz"}}
    done = pot("-c", write_config(workspace, config_with(engine, compression)), "-d", "--output-dir", "out")
    assert done.exit_code == 3, done.stderr
    assert (workspace / "out" / "optimized" / "small.bin").exists()
    assert "allow a larger max_size, or more loss" in (workspace / "out" / "log.txt").read_text()


def test_direct_dump_writes_into_the_output_folder_itself(workspace):
    done = pot("-c", write_config(workspace, config_with(SIMPLIFIED, DEFAULT)), "-d", "--output-dir", "out")
    assert done.exit_code == 0, done.stderr
    files = {str(file.relative_to(workspace / "out")) for file in (workspace / "out").rglob("*") if file.is_file()}
    assert files == {"log.txt", "optimized/small.xml", "optimized/small.bin"}


def test_simplified_mode_needs_no_file_and_takes_the_name(workspace):
    done = pot(*TEMPLATE, "--name", "mine", "--output-dir", "out", "--preset", "mixed")
    assert done.exit_code == 0, done.stderr
    (xml,) = (workspace / "out" / "mine_DefaultQuantization").glob("*/optimized/mine.xml")
    # Both convolutions; the small product at the end may stay in float.
    assert num_fake_quantize(xml) >= 2


def test_long_forms_are_the_same(workspace):
    name = write_config(workspace, config_with(OWN_ENGINE, DEFAULT))
    done = pot("--config", name, "--evaluate", "--direct-dump", "--output-dir", "out")
    assert done.exit_code == 0, done.stderr
    assert "accuracy@top1" in done.stdout


def test_another_format_needs_no_weights(workspace):
    conv_bn_relu(workspace / "net.onnx")
    done = pot("-q", "default", "-m", "net.onnx", "--engine", "simplified", "--data-source", "pictures", "-d")
    assert done.exit_code == 0, done.stderr
    assert (workspace / "results" / "optimized" / "net.xml").exists()


def test_evaluation_is_a_line_for_each_metric(workspace):
    metrics = [{"name": "accuracy"}, {"name": "accuracy", "top_k": 3}]
    name = write_config(workspace, config_with({**OWN_ENGINE, "metrics": metrics}, DEFAULT))
    done = pot("-c", name, "-e", "-d", "--output-dir", "out")
    lines = re.findall(r"^INFO:\S+:(accuracy@top\d {14}: [\d.]+)$", done.stdout, re.MULTILINE)
    assert [line.split()[0] for line in lines] == ["accuracy@top1", "accuracy@top3"]
    log = (workspace / "out" / "log.txt").read_text()
    assert all(line in log for line in lines)
    assert "Evaluation of generated model" in log


@pytest.mark.parametrize(("option", "shown"), [("--progress-bar", ""), ("--stream-output", "collecting statistics")])
def test_progress_takes_the_place_of_the_log_which_is_in_the_file(workspace, option, shown):
    done = pot("-c", write_config(workspace, config_with(OWN_ENGINE, DEFAULT)), "-e", "-d", "--output-dir", "o", option)
    assert done.exit_code == 0, done.stderr
    assert re.fullmatch(r"accuracy@top1 {14}: [\d.]+\n", done.stdout)
    assert shown in done.stderr
    assert "Start algorithm: DefaultQuantization" in (workspace / "o" / "log.txt").read_text()


def test_the_log_level_decides_what_is_shown_and_the_result_is_shown_always(workspace):
    name = write_config(workspace, config_with(OWN_ENGINE, DEFAULT))
    done = pot("-c", name, "-e", "-d", "--log-level", "ERROR")
    assert re.fullmatch(r"accuracy@top1 {14}: [\d.]+\n", done.stdout)
    assert "DEBUG:" in pot("-c", name, "-e", "-d", "--log-level", "DEBUG").stdout


def test_the_log_tells_the_run_in_the_lines_that_scripts_look_for(workspace):
    done = pot("-c", write_config(workspace, config_with(OWN_ENGINE, DEFAULT)), "-e", "-d")
    places = [
        done.stdout.find(line)
        for line in (
            "Output log dir: results",
            "Creating pipeline:\n Algorithm: DefaultQuantization\n Parameters:\n",
            "\tstat_subset_size           : 4\n",
            "Inference Engine version:",
            "Post-Training Optimization Tool version:",
            "Start computing statistics for algorithms : DefaultQuantization",
            "Computing statistics finished",
            "Start algorithm: DefaultQuantization",
            "Finished: DefaultQuantization\n " + "=" * 75,
            "Evaluation of generated model",
            "accuracy@top1              : ",
        )
    ]
    assert -1 not in places
    assert places == sorted(places)


def test_weights_stay_float_on_request(workspace):
    name = write_config(workspace, config_with(OWN_ENGINE, DEFAULT))
    assert pot("-c", name, "-d", "--output-dir", "a").exit_code == 0
    assert pot("-c", name, "-d", "--output-dir", "b", "--keep-uncompressed-weights").exit_code == 0
    sizes = [(workspace / folder / "optimized" / "small.bin").stat().st_size for folder in "ab"]
    assert sizes[1] > 2 * sizes[0]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "either --config"),
        (["-q", "default"], "needs --model"),
        (["-c", "config.json", "-m", "net.xml"], "--model goes with --quantize only"),
        ([*TEMPLATE, "-e"], "--evaluate does not go with"),
        (["-c", "nothing.json"], "no configuration file 'nothing.json'"),
        (["-c", "net.bin"], "a configuration file ends in"),
        (
            [*TEMPLATE[:3], "nett.xml", *TEMPLATE[4:]],
            "model.model: there is no file 'nett.xml'; did you mean 'net.xml'?",
        ),
        ([*TEMPLATE[:-1], "nowhere"], "no file or folder 'nowhere'"),
        ([*TEMPLATE, "--output-dir", "net.xml"], "net.xml"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_mistake_is_exit_code_1_and_one_message(workspace, arguments, words):
    write_config(workspace, config_with(OWN_ENGINE, DEFAULT))
    done = pot(*arguments)
    assert done.exit_code == 1
    assert done.stderr.startswith("error: ")
    assert words in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["--quantize", "fast"],
        ["--conf", "config.json"],
        ["--preset", "accuracy"],
        ["--engine", "openpot"],
        ["--log-level", "LOUD"],
        ["--max-drop", "much"],
        ["-sm"],
        ["config.json"],
    ],
    ids=lambda value: " ".join(value),
)
def test_an_option_that_does_not_exist_or_cannot_have_this_value_is_exit_code_2(arguments):
    assert pot(*arguments).exit_code == 2


def test_help_has_a_short_and_a_long_form():
    for option in ("-h", "--help"):
        done = pot(option)
        assert done.exit_code == 0
        assert "--keep-uncompressed" in done.stdout


def test_debug_shows_where_an_error_came_from(workspace):
    done = pot("-c", "nothing.json", "--log-level", "DEBUG")
    assert done.exit_code == 1
    assert "Traceback" in done.stderr


def test_a_wrong_file_gets_all_its_faults_in_one_list(workspace):
    content = config_with({"type": "simplified", "data_sorce": "pictures"}, ("DefaultQuantization", {"presett": "x"}))
    content["model"]["model"] = "nett.xml"
    done = pot("-c", write_config(workspace, content))
    assert done.exit_code == 1
    assert done.stderr.splitlines() == [
        "error: 4 faults in the configuration:",
        "  model.model: there is no file 'nett.xml'; did you mean 'net.xml'?",
        "  engine.data_source: this key is needed",
        "  engine.data_sorce: there is no such key; did you mean 'data_source'?",
        "  compression.algorithms[0].params.presett: there is no such key; did you mean 'preset'?",
    ]
    assert not (workspace / "results").exists()


def test_an_error_of_the_run_is_in_its_log_too(workspace):
    content = config_with({**SIMPLIFIED, "layout": "NHWC"}, DEFAULT)
    done = pot("-c", write_config(workspace, content), "-d")
    assert done.exit_code == 1
    assert "layout HWC does not fit" in done.stderr
    assert "layout HWC does not fit" in (workspace / "results" / "log.txt").read_text()


def test_the_installed_command_is_this_one(workspace):
    write_config(workspace, config_with(SIMPLIFIED, DEFAULT))
    code = "from openpot.cli.pot_command import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "-c", "config.json", "-d"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert ov.Core().read_model("results/optimized/small.xml").outputs[0].get_any_name() == "logits"
    assert json.loads((workspace / "config.json").read_text())["model"]["model_name"] == "small"


def test_scripts_may_call_the_command_line(workspace):
    from openvino.tools.pot.app.run import app as historic_app

    name = write_config(workspace, config_with(OWN_ENGINE, DEFAULT))
    historic_app(["-c", name, "-d"])
    assert num_fake_quantize(workspace / "results" / "optimized" / "small.xml") >= 3
    with pytest.raises(SystemExit) as ending:
        historic_app(["-c", "nothing.json"])
    assert ending.value.code == 1


def test_the_historic_module_is_the_same_command(workspace):
    name = write_config(workspace, config_with(SIMPLIFIED, DEFAULT))
    command = [sys.executable, "-m", "openvino.tools.pot", "-c", name, "-d"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (workspace / "results" / "optimized" / "small.xml").exists()
