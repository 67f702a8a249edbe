import ast
from xml.etree import ElementTree

import numpy as np
import pytest

import openvino as ov
from openpot.config.run import parse_run
from openpot.errors import ConfigError
from openpot.job.known_names import collect_known_names
from openpot.job.output_folders import OutputFolders
from openpot.job.run_job import JobOptions, render_metrics, run_job
from pot_workspace import DEFAULT, OWN_ENGINE, SIMPLIFIED, config_with, make_workspace, num_fake_quantize


@pytest.fixture(autouse=True)
def workspace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return make_workspace(tmp_path)


def done(content, workspace, **options):
    run = parse_run(content, collect_known_names())
    return run_job(run, OutputFolders(workspace / "out"), JobOptions(**options))


def test_the_model_is_quantized_compressed_and_saved_under_its_name(workspace):
    result = done(config_with(OWN_ENGINE, DEFAULT), workspace)
    (files,) = result.files
    assert files["model"] == str(workspace / "out" / "optimized" / "small.xml")
    assert num_fake_quantize(files["model"]) >= 3
    assert (workspace / "out" / "optimized" / "small.bin").stat().st_size < (workspace / "net.bin").stat().st_size / 2
    assert result.metrics is None


def test_weights_stay_float_on_request(workspace):
    done(config_with(OWN_ENGINE, DEFAULT), workspace, keeps_float_weights=True)
    model = ov.Core().read_model(workspace / "out" / "optimized" / "small.xml")
    assert ov.Type.i8 not in {node.get_element_type() for node in model.get_ops() if node.get_type_name() == "Constant"}


def test_the_result_is_evaluated_on_request(workspace):
    result = done(config_with(OWN_ENGINE, DEFAULT), workspace, evaluate=True)
    assert set(result.metrics) == {"accuracy@top1"}
    assert result.metrics["accuracy@top1"] >= 0.5


def test_no_algorithm_evaluates_the_model_as_it_is(workspace):
    result = done(config_with(OWN_ENGINE), workspace, evaluate=True)
    assert result.metrics == {"accuracy@top1": 1.0}
    assert num_fake_quantize(workspace / "out" / "optimized" / "small.xml") == 0


def test_the_saved_model_tells_how_it_was_made_without_paths(workspace):
    done(config_with(OWN_ENGINE, DEFAULT), workspace, command_line={"config": "secret/place.json", "evaluate": True})
    section = ElementTree.parse(workspace / "out" / "optimized" / "small.xml").find("rt_info/quantization_parameters")
    told = {entry.tag: entry.get("value") for entry in section}
    config = ast.literal_eval(told["config"])
    assert config["model"] == {"model_name": "small", "model": "PATH", "weights": "PATH"}
    assert config["engine"]["data"] == {"npz": "PATH"}
    assert config["compression"]["algorithms"][0]["params"]["stat_subset_size"] == 4
    assert ast.literal_eval(told["cli_params"]) == {"config": "PATH", "evaluate": True}
    assert told["version"].startswith("openpot ")


def test_parts_in_a_row_are_a_pipeline(workspace):
    parts = [(name, {"stat_subset_size": 4}) for name in ("MinMaxQuantization", "FastBiasCorrection")]
    done(config_with(SIMPLIFIED, *parts), workspace)
    assert num_fake_quantize(workspace / "out" / "optimized" / "small.xml") >= 3


def test_intermediate_models_are_left_in_the_folder_of_the_run(workspace):
    content = config_with(OWN_ENGINE, DEFAULT)
    content["compression"]["dump_intermediate_model"] = True
    done(content, workspace)
    assert {file.parent for file in workspace.rglob("*.xml")} == {workspace, workspace / "out" / "optimized"}


def test_equal_runs_give_equal_bytes(workspace):
    content = []
    for _ in range(2):
        done(config_with(OWN_ENGINE, DEFAULT), workspace)
        content.append((workspace / "out" / "optimized" / "small.bin").read_bytes())
    assert content[0] == content[1]


def test_evaluation_is_refused_before_anything_is_read(workspace):
    (workspace / "net.xml").unlink()
    with pytest.raises(ConfigError, match="--evaluate"):
        done(config_with(SIMPLIFIED, DEFAULT), workspace, evaluate=True)


def test_a_metric_is_a_line_with_its_value_in_a_column_of_its_own():
    assert render_metrics({"accuracy@top1": np.float64(0.5), "map": 1}) == [
        "accuracy@top1              : 0.5",
        "map                        : 1",
    ]
