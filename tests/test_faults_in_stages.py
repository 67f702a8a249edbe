"""Faults injected into every stage that a result does not depend on: the run goes on, and says what failed and why."""

import json
from itertools import cycle

import numpy as np
import pytest
from typer.testing import CliRunner

import openpot
import openvino as ov
from metric_engines import Agreement
from openpot import IEEngine, compress_model_weights, create_pipeline, load_model, save_model
from openpot.cli.main import app
from openpot.cli.pot_command import app as pot_app
from openpot.errors import EngineError, ModelError, StageFailedWarning
from toy_engines import ListLoader
from toy_models import images, run, tiny_cnn

SEARCH = "openpot.search"
TRIAL = "the trial of the quantized model"

IN_THE_TRIAL = {
    "building the float graph": "openpot.trial.float_outputs.build_reference_graph",
    "building the trial graph": f"{SEARCH}.trial.build_trial_graph",
    "compiling the trial graph": f"{SEARCH}.trial.TrialRun",
    "running the float graph": "openpot.trial.float_outputs.run_reference",
    "finding the layers": f"{SEARCH}.trial_subject.find_linear_layers",
    "running the trial graph": f"{SEARCH}.trial.TrialRun.measure_each",
    "fitting bias shifts": f"{SEARCH}.trial.Trial.fit_shifts",
    "choosing ranges": f"{SEARCH}.decide.choose_ranges_and_shifts",
    "changing the model": f"{SEARCH}.apply_decision.remove_quantizers",
    "loading samples": "openpot.recipes.trial_samples.load_inputs",
}
AFTERWARDS = {
    "reading the executed graph": "openpot.measure.side_by_side.read_executed_graph",
    "comparing the outputs": "openpot.measure.side_by_side.compare_outputs",
    "timing the models": "openpot.measure.side_by_side.measure_speedup",
    "loading samples for the comparison": "openpot.api.result_evidence.load_inputs",
}
PROBLEMS = [ModelError("told by the test"), RuntimeError("told by the test"), MemoryError("told by the test")]


def break_at(monkeypatch, place, problem=PROBLEMS[0]):
    def fail(*_, **__):
        raise problem

    monkeypatch.setattr(place, fail)


def error_of(model, source=None):
    """Root of the squared error over the squared variation, on samples that had no part in the run."""
    source = source or tiny_cnn()
    expected, given = (
        np.stack([run(graph, sample[None])[0] for sample in images(8, seed=77)]) for graph in (source, model)
    )
    return np.sqrt(np.square(given - expected).sum() / np.square(expected - expected.mean(0)).sum())


def num_quantizers(model):
    return sum(node.get_type_name() == "FakeQuantize" for node in model.get_ops())


@pytest.mark.parametrize(
    ("what", "problem"),
    zip(IN_THE_TRIAL, cycle(PROBLEMS), strict=False),
    ids=lambda one: one if isinstance(one, str) else type(one).__name__,
)
def test_a_trial_that_fails_leaves_ranges_and_corrected_biases(monkeypatch, what, problem):
    break_at(monkeypatch, IN_THE_TRIAL[what], problem)
    if what == "fitting bias shifts":  # they are asked for where the ranges alone are not good
        monkeypatch.setattr(f"{SEARCH}.decide.GOOD", 0.0)
    with pytest.warns(StageFailedWarning, match="told by the test"):
        result = openpot.quantize(tiny_cnn(), images(16))
    assert [(one.stage, one.reason.split(": ")[-1]) for one in result.failed_stages] == [(TRIAL, "told by the test")]
    assert result.status == "done in part"
    assert result.status.is_success
    assert result.evidence is None
    assert num_quantizers(result.model) == 3
    assert all(layer.is_integer for layer in result.layers)
    assert error_of(result.model) < 0.2
    assert "told by the test" in str(result)
    assert result.to_dict()["failed_stages"][0]["stage"] == TRIAL


def test_bias_correction_that_fails_as_well_leaves_the_ranges(monkeypatch):
    break_at(monkeypatch, IN_THE_TRIAL["compiling the trial graph"])
    break_at(monkeypatch, "openpot.recipes.without_trial.collect_statistics", EngineError("lost as well"))
    with pytest.warns(StageFailedWarning):
        result = openpot.quantize(tiny_cnn(), images(16))
    assert [one.reason for one in result.failed_stages] == ["told by the test", "lost as well"]
    assert num_quantizers(result.model) == 3
    assert error_of(result.model) < 0.3


def test_ends_that_cannot_be_tried_stay_quantized(monkeypatch):
    break_at(monkeypatch, f"{SEARCH}.decide.try_ends_in_float")
    with pytest.warns(StageFailedWarning, match="ends of the network"):
        result = openpot.quantize(tiny_cnn(), images(16), max_output_error=0.05)
    assert result.evidence.ranges
    assert error_of(result.model) < 0.2


@pytest.mark.parametrize(
    "place", ["measured_repair.repair", "trial.Trial.measure_model_error", "trial.Trial.recompile"]
)
def test_a_repair_that_fails_keeps_what_the_trial_chose(monkeypatch, place):
    break_at(monkeypatch, f"{SEARCH}.{place}")
    with pytest.warns(StageFailedWarning, match="returning operations to float failed: told by the test"):
        result = openpot.quantize(tiny_cnn(), images(16), max_output_error=1e-6)
    assert result.evidence.error > 1e-6
    assert any("above max_output_error" in text for text in result.warnings)
    assert error_of(result.model) < 0.2


@pytest.mark.parametrize("what", AFTERWARDS)
def test_evidence_that_cannot_be_had_is_missing_and_the_rest_is_there(monkeypatch, timing, what):
    break_at(monkeypatch, AFTERWARDS[what])
    with pytest.warns(StageFailedWarning, match=what):
        result = openpot.quantize(tiny_cnn(), images(16))
    assert {one.stage for one in result.failed_stages} >= {what}
    assert result.status == "done in part"
    everything_failed = what.startswith("loading")
    assert (result.output_error == ()) is (everything_failed or what.startswith("comparing"))
    assert (result.speedup is None) is (everything_failed or what.startswith("timing"))
    assert any(layer.is_integer for layer in result.layers) is not (everything_failed or what.startswith("reading"))
    assert [layer.operation for layer in result.layers] == ["conv1", "conv2", "fc"]
    assert error_of(result.model) < 0.2
    assert json.dumps(result.to_dict())
    assert str(result)


@pytest.mark.parametrize(
    ("stage", "place"),
    [
        ("looking whether half precision will do", "recipes.default_quantization.choose_storage"),
        ("looking for quantizers that buy no INT8 kernel", "recipes.default_quantization.remove_unused_quantizers"),
        ("running the result with performance hints", "api.calibrated_model.mend_runtime_faults"),
    ],
)
def test_what_cannot_be_checked_on_the_device_is_reported_and_the_result_stays(monkeypatch, stage, place):
    break_at(monkeypatch, f"openpot.{place}")
    with pytest.warns(StageFailedWarning, match=stage):
        result = openpot.quantize(tiny_cnn(), images(16))
    assert [failed.stage.startswith(stage) for failed in result.failed_stages] == [True]
    assert result.status == "done in part"
    assert any(layer.is_integer for layer in result.layers)
    assert error_of(result.model) < 0.2


def test_names_of_layers_that_do_not_fit_leave_the_plan(monkeypatch):
    from openpot.report.layers import describe_layers

    def fail(plan, executed):
        if executed is not None:
            raise KeyError("a name of the runtime")
        return describe_layers(plan, executed)

    monkeypatch.setattr("openpot.api.result_evidence.describe_layers", fail)
    with pytest.warns(StageFailedWarning, match="naming the layers"):
        result = openpot.quantize(tiny_cnn(), images(16))
    assert [layer.precision for layer in result.layers] == [None] * 3


def test_samples_that_did_not_calibrate_and_cannot_be_used_are_left_out():
    with pytest.warns(StageFailedWarning, match="loading samples for the comparison failed: .* that are NaN"):
        result = openpot.quantize(tiny_cnn(), GoodWhileCalibrating(images(20), 8), subset_size=8)
    assert result.output_error[0].samples == 8
    assert result.output_error[0].relative < 0.2


class GoodWhileCalibrating(ListLoader):
    """Only the samples that are asked for first hold numbers."""

    def __init__(self, samples, count):
        super().__init__([(sample, None) for sample in samples])
        self.good, self.count = set(), count

    def __getitem__(self, index):
        if len(self.good) < self.count:
            self.good.add(index)
        sample, annotation = super().__getitem__(index)
        return (sample if index in self.good else np.full_like(sample, np.nan)), annotation


def test_a_metric_that_fails_on_the_result_costs_its_value(monkeypatch):
    calls = []

    def closeness(outputs, label):
        calls.append(label)
        if len(calls) > 3 * 4 + 16:  # whether it is reproducible, and the float model
            raise ZeroDivisionError("told by the test")
        return float(outputs[0][0, label])

    data = [(sample, number % 5) for number, sample in enumerate(images(16))]
    with pytest.warns(StageFailedWarning, match="metric of the result failed.*told by the test"):
        result = openpot.quantize(tiny_cnn(), data, metric=closeness, validation_share=0)
    assert result.metric_before is not None
    assert result.metric_after is None
    assert error_of(result.model) < 0.2


def test_where_a_clock_fails_the_outputs_decide(monkeypatch):
    break_at(monkeypatch, "openpot.recipes.default_quantization.LatencySearch")
    options = {"max_output_error": 0.01}
    with pytest.warns(StageFailedWarning, match="timing the operations failed"):
        result = openpot.quantize(tiny_cnn(), images(16), optimize_for="latency", **options)
    expected = openpot.quantize(tiny_cnn(), images(16), **options)
    assert result.evidence.in_float == expected.evidence.in_float != ()
    assert result.evidence.error == expected.evidence.error <= 0.01


@pytest.mark.parametrize(
    ("params", "place", "stage"),
    [
        ({}, IN_THE_TRIAL["compiling the trial graph"], TRIAL),
        ({"use_fast_bias": False}, "openpot.layers.fitted_shifts.AdaptedRun", "the accurate bias correction"),
        (
            {"use_layerwise_tuning": True, "num_samples_for_tuning": 8},
            "openpot.recipes.default_quantization.tune_layers",
            "tuning the layers",
        ),
    ],
    ids=["trial", "accurate bias correction", "layer-wise tuning"],
)
def test_the_api_of_pot_goes_on_too(monkeypatch, tmp_path, params, place, stage):
    break_at(monkeypatch, place)
    ov.save_model(tiny_cnn(), tmp_path / "m.xml", compress_to_fp16=False)
    model = load_model({"model_name": "m", "model": tmp_path / "m.xml", "weights": tmp_path / "m.bin"})
    loader = ListLoader([(sample, None) for sample in images(16)])
    pipeline = create_pipeline([{"name": "DefaultQuantization", "params": params}], IEEngine({}, loader))
    with pytest.warns(StageFailedWarning, match=f"{stage} failed: told by the test"):
        pipeline.run(model)
    compress_model_weights(model)
    (files,) = save_model(model, tmp_path / "out", "m")
    assert error_of(ov.Core().read_model(files["model"])) < 0.2
    assert pipeline.algo_seq[0].result.bias.layers if params.get("use_layerwise_tuning") is None else True


def test_ranking_in_one_graph_that_fails_makes_models_one_by_one(monkeypatch):
    break_at(monkeypatch, f"{SEARCH}.rank_units.MetricTrial")
    data = [(sample, run(tiny_cnn(), sample[None])[0]) for sample in images(16)]
    with pytest.warns(StageFailedWarning, match="switching quantizers in one graph"):
        result = openpot.quantize(tiny_cnn(), data, metric=Agreement(), max_drop=1.0, validation_share=0)
    assert result.drop is not None
    assert result.drop.in_float


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ov.save_model(tiny_cnn(), tmp_path / "m.xml", compress_to_fp16=False)
    np.savez(tmp_path / "x.npz", data=np.stack(images(16)))
    return tmp_path


@pytest.mark.parametrize("what", ["compiling the trial graph", "changing the model"])
def test_openpot_quantize_ends_well_and_says_it(monkeypatch, files, what):
    break_at(monkeypatch, IN_THE_TRIAL[what])
    answer = CliRunner().invoke(app, ["quantize", "m.xml", "--data", "x.npz", "--output", "out"])
    assert answer.exit_code == 0, answer.output
    assert "told by the test" in answer.output
    record = json.loads((files / "out" / "run.json").read_text())
    assert record["status"] == "done in part"
    assert error_of(ov.Core().read_model(files / "out" / "model.xml")) < 0.2


def test_pot_ends_well_and_says_it(monkeypatch, files):
    break_at(monkeypatch, IN_THE_TRIAL["compiling the trial graph"])
    config = {
        "model": {"model_name": "m", "model": "m.xml", "weights": "m.bin"},
        "engine": {"type": "openpot", "data": {"npz": "x.npz"}},
        "compression": {"target_device": "CPU", "algorithms": [{"name": "DefaultQuantization", "params": {}}]},
    }
    (files / "c.json").write_text(json.dumps(config))
    answer = CliRunner().invoke(pot_app, ["-c", "c.json", "--output-dir", "out", "-d"])
    assert answer.exit_code == 0, answer.output
    assert "told by the test" in answer.output
    assert error_of(ov.Core().read_model(files / "out" / "optimized" / "m.xml")) < 0.2
