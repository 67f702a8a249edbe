"""``openpot.quantize`` on small networks: what goes in, what comes out, what is refused."""

import json
import random
import sys

import numpy as np
import pytest

import openpot
import openvino as ov
from metric_engines import Agreement, Distance, annotated_with_outputs
from openpot.api.quantize import plan_only
from openpot.api.quantize_arguments import validate
from openpot.api.result_evidence import EVIDENCE_SAMPLES, choose_evidence_samples
from openpot.api.split_data import split_data
from openpot.errors import (
    AlreadyQuantizedError,
    ConfigError,
    DataError,
    MetricError,
    MissingFileError,
    ModelError,
    OpenPotWarning,
    UnknownNameError,
)
from openpot.graph.model import CompressedModel
from openpot.graph.text import text_from_model
from openvino import opset13 as op
from toy_engines import ListLoader
from toy_models import conv, images, normal, tiny_cnn, worked_example


def first_logit(outputs, label):
    return float(outputs[0][0, 0]) + label


def labelled(count=6):
    return [(sample, number % 5) for number, sample in enumerate(images(count))]


@pytest.fixture(scope="module")
def result():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("openpot.measure.side_by_side.SECONDS_OF_TIMING", 0.01)
        return openpot.quantize(tiny_cnn(channels=32), images(12), subset_size=8, max_output_error=None)


# what comes out ---------------------------------------------------------------------------------------------------


def test_all_three_layers_run_in_int8(result):
    assert [(layer.operation, layer.is_integer) for layer in result.layers] == [
        ("conv1", True),
        ("conv2", True),
        ("fc", True),
    ]
    assert result.status == "done", result.drop
    assert len(result.plan.quantizers) == 6


def test_weights_shrink_to_about_a_quarter(result):
    assert 3.0 < result.size_before / result.size_after < 4.0


def test_outputs_stay_near(result):
    (error,) = result.output_error
    assert error.output == "logits"
    assert error.sqnr_db > 25
    assert error.samples == 12


def test_speed_is_told_with_its_spread(result):
    speed = result.speedup.throughput
    assert 0 < speed.lower <= speed.median <= speed.upper


def test_number_of_samples_and_settings_are_told(result):
    assert result.samples_used == 8
    assert (result.settings["model"], result.settings["preset"]) == ("tiny", "performance")
    assert result.settings["versions"]["openvino"].startswith("20")
    assert result.metric_before is result.metric_after is None


def test_result_becomes_json_and_text(result):
    assert json.loads(json.dumps(result.to_dict()))["samples_used"] == 8
    assert "3 of 3 multiply-accumulate layers run in INT8" in str(result)


def test_saved_model_computes_the_same_as_the_returned_one(result, tmp_path):
    path = result.save(tmp_path / "out")
    sample = images(1)[0][None]
    before, after = (ov.Core().compile_model(model, "CPU")(sample)[0] for model in (result.model, path))
    np.testing.assert_array_equal(before, after)
    assert json.loads((tmp_path / "out" / "run.json").read_text())["status"] == "done"


@pytest.mark.usefixtures("compiled_anew")
def test_two_runs_give_the_same_model_and_plan():
    first, second = (openpot.quantize(tiny_cnn(), images(6), subset_size=4) for _ in range(2))
    assert text_from_model(first.model) == text_from_model(second.model)
    assert first.plan == second.plan


def test_seed_draws_the_samples():
    texts = {
        text_from_model(openpot.quantize(tiny_cnn(), images(9), subset_size=2, seed=seed).model) for seed in (0, 1)
    }
    assert len(texts) == 2


def test_random_state_of_the_caller_is_left_alone():
    state, numpy_state = random.getstate(), np.random.get_state()[1].tobytes()  # noqa: NPY002
    openpot.quantize(tiny_cnn(), images(3))
    assert random.getstate() == state
    assert np.random.get_state()[1].tobytes() == numpy_state  # noqa: NPY002


# models -----------------------------------------------------------------------------------------------------------


def test_model_in_memory_is_not_changed():
    model = tiny_cnn()
    before = text_from_model(model)
    openpot.quantize(model, images(3))
    assert text_from_model(model) == before


@pytest.mark.parametrize("make_path", [str, lambda path: path], ids=["text", "path"])
def test_model_file_is_read_and_not_changed(tmp_path, make_path):
    path = tmp_path / "net.xml"
    ov.save_model(tiny_cnn(), path, compress_to_fp16=False)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    result = openpot.quantize(make_path(path), images(3))
    assert len(result.layers) == 3
    assert result.settings["model"] == str(path)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_result_is_refused_as_input(result):
    with pytest.raises(AlreadyQuantizedError, match="FakeQuantize"):
        openpot.quantize(result.model, images(3))


def test_missing_file_is_named():
    with pytest.raises(MissingFileError, match=r"no_such\.xml"):
        openpot.quantize("no_such.xml", images(3))


def test_torch_module_needs_an_example_input():
    module = type("Module", (), {"__module__": "torch.nn.modules.module"})()
    with pytest.raises(ConfigError, match="needs example_input"):
        openpot.quantize(module, images(3))


def test_torch_module_reaches_the_front_end_with_its_example(monkeypatch):
    seen = []

    def read(module, example_input):
        seen.append((module, example_input))
        return tiny_cnn()

    monkeypatch.setattr("openpot.graph.read.read_torch_module", read)
    module = type("Module", (), {"__module__": "torch.nn.modules.module"})()
    result = openpot.quantize(module, images(3), example_input="example")
    assert seen == [(module, "example")]
    assert len(result.layers) == 3


def test_something_that_is_no_model_is_refused():
    with pytest.raises(ConfigError, match=r"expected a path, an openvino\.Model or a torch module"):
        openpot.quantize(42, images(3))


def test_model_without_anything_to_quantize_is_returned_as_it_is():
    x = op.parameter([1, 4], np.float32)
    model = ov.Model([op.result(op.relu(x))], [x], "relu")
    with pytest.warns(OpenPotWarning, match="nothing was quantized"):
        result = openpot.quantize(model, list(np.eye(4, dtype=np.float32)))
    assert result.status == "nothing quantized"
    assert not result.plan.quantizers
    assert any("nothing was quantized" in warning for warning in result.warnings)
    assert str(result).startswith("nothing was quantized in relu")


# data -------------------------------------------------------------------------------------------------------------


def two_inputs():
    rng = np.random.default_rng(0)
    left = op.parameter([1, 3, 8, 8], np.float32, name="left")
    right = op.parameter([1, 3, 8, 8], np.float32, name="right")
    x = conv(op.add(left, right, name="sum"), normal(rng, 4, 3, 3, 3), "conv")
    for node in (left, right):
        node.output(0).get_tensor().set_names({node.get_friendly_name()})
    return ov.Model([op.result(x, name="result")], [left, right], "two_inputs")


PAIRS = list(zip(images(4, (3, 8, 8), seed=1), images(4, (3, 8, 8), seed=2), strict=True))


@pytest.fixture(scope="module")
def of_lists():
    return text_from_model(openpot.quantize(two_inputs(), [[a, b] for a, b in PAIRS]).model)


@pytest.mark.parametrize(
    "data",
    [
        [{"left": a, "right": b} for a, b in PAIRS],
        [{"right": b[None], "left": a[None]} for a, b in PAIRS],
        [({"left": a, "right": b}, 1) for a, b in PAIRS],
        {"left": np.stack([a for a, _ in PAIRS]), "right": np.stack([b for _, b in PAIRS])},
    ],
    ids=["dicts", "with-batch-axis", "with-annotation", "columns"],
)
def test_samples_of_every_kind_give_the_same_model(data, of_lists):
    assert text_from_model(openpot.quantize(two_inputs(), data).model) == of_lists


def test_generator_is_read_only_as_far_as_needed():
    drawn = []

    def samples():
        for sample in images(50):
            drawn.append(1)
            yield sample

    assert openpot.quantize(tiny_cnn(), samples(), subset_size=5).samples_used == 5
    assert len(drawn) <= 6


def test_data_set_may_be_named(tmp_path):
    np.savez(tmp_path / "samples.npz", data=np.stack(images(5)))
    assert openpot.quantize(tiny_cnn(), tmp_path / "samples.npz").samples_used == 5


def test_bad_sample_is_named():
    samples = images(4)
    samples[2] = np.full_like(samples[2], np.nan)
    with pytest.raises(DataError, match="sample 2"):
        openpot.quantize(tiny_cnn(), samples)


@pytest.mark.parametrize("data", [[], iter(())], ids=["list", "iterator"])
def test_empty_data_set_is_refused(data):
    with pytest.raises(DataError, match="empty"):
        openpot.quantize(tiny_cnn(), data)


def test_samples_that_did_not_calibrate_judge_the_result_first():
    assert choose_evidence_samples(6, (1, 4)) == [0, 2, 3, 5, 1, 4]
    assert len(choose_evidence_samples(1000, range(500))) == EVIDENCE_SAMPLES
    assert set(choose_evidence_samples(1000, range(500))) <= set(range(500, 1000))


# metric -----------------------------------------------------------------------------------------------------------


def test_function_is_a_metric_over_the_whole_data_set():
    result = openpot.quantize(tiny_cnn(), labelled(7), metric=first_logit, subset_size=3, validation_share=0)
    assert result.metric_before.keys() == result.metric_after.keys() == {"first_logit"}
    compiled = ov.Core().compile_model(tiny_cnn(), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    expected = np.mean([compiled(sample[None])[0][0, 0] + label for sample, label in labelled(7)])
    assert result.metric_before["first_logit"] == pytest.approx(expected, rel=1e-5)
    assert result.metric_after["first_logit"] == pytest.approx(expected, abs=0.05)
    assert result.metric_samples == 7
    assert "over 7 samples that calibrated too: other samples may say otherwise" in str(result)


def test_the_metric_is_measured_on_samples_that_nothing_is_computed_from():
    result = openpot.quantize(tiny_cnn(), labelled(8), metric=first_logit)
    assert (result.metric_samples, result.held_out_share, result.samples_used) == (4, 0.5, 4)
    assert "over 4 held-out samples (50% of the data)" in str(result)


def test_data_that_validate_do_not_calibrate():
    result = openpot.quantize(tiny_cnn(), images(5), metric=first_logit, validation_data=labelled(3))
    assert (result.metric_samples, result.samples_used) == (3, 5)
    assert "over 3 samples of the validation data" in str(result)
    (change,) = result.metric_change.values()
    assert change.lower <= change.change <= change.upper
    assert "95 % interval" in str(result)


def test_errors_name_samples_by_their_number_in_the_data():
    data = labelled(8)
    broken = split_data(tiny_cnn(), data, validate("performance", "CPU", None), True).validation.numbers[0]
    data[broken] = (np.full_like(data[0][0], np.nan), 0)
    with pytest.raises(DataError, match=f"sample {broken}, input"):
        openpot.quantize(tiny_cnn(), data, metric=first_logit)


class Remembering(Agreement):
    """Full marks for the samples that it saw while the search went on: what a search that overfits looks like."""

    searched_on = frozenset()

    def update(self, output, target):
        super().update(output, target)
        if np.asarray(target[0]).tobytes() in self.searched_on:
            self.distances[-1] = 0.0


def test_a_drop_that_is_kept_on_the_samples_of_the_search_is_measured_on_others():
    data = annotated_with_outputs(worked_example(), 16)
    metric = Remembering()
    held_out = split_data(worked_example(), data, validate("performance", "CPU", None), True).validation.numbers
    metric.searched_on = {np.asarray(data[number][1]).tobytes() for number in range(16) if number not in held_out}
    result = openpot.quantize(worked_example(), data, metric=metric, max_drop=0.01)
    assert result.drop.drops["agreement"] > 0.01
    assert result.drop.is_met == "not met"
    assert result.status == "target not met"
    assert result.drop.samples == 8


class CountingMetric(openpot.Metric):
    """Number of samples since the last reset."""

    def reset(self):
        self.count = 0

    def update(self, output, target):
        self.count += len(target)

    @property
    def avg_value(self):
        return {"count": self.count}

    def get_attributes(self):
        return {"count": {"direction": "higher-better", "type": "count"}}


def test_metric_object_starts_anew_for_each_model():
    result = openpot.quantize(tiny_cnn(), labelled(5), metric=CountingMetric(), subset_size=3)
    assert (result.metric_before, result.metric_after) == ({"count": 2.0}, {"count": 2.0})


@pytest.mark.parametrize(
    ("metric", "words"),
    [
        (lambda outputs, label: float("nan"), "returned nan: expected a finite number"),
        (lambda outputs, label: outputs[9], "raised IndexError"),
    ],
    ids=["nan", "raises"],
)
def test_metric_that_fails_stops_the_run(metric, words):
    with pytest.raises(MetricError, match=words):
        openpot.quantize(tiny_cnn(), labelled(), metric=metric)


def test_metric_object_with_a_value_that_is_no_number_stops_the_run():
    class Broken(CountingMetric):
        @property
        def avg_value(self):
            return {"count": float("nan")}

    with pytest.raises(MetricError, match="'count' is nan over the data set"):
        openpot.quantize(tiny_cnn(), labelled(), metric=Broken())


def test_metric_without_annotations_is_refused():
    with pytest.raises(MetricError, match=r"give pairs \(sample, annotation\)"):
        openpot.quantize(tiny_cnn(), images(3), metric=first_logit)


def test_a_ready_made_metric_can_be_named():
    result = openpot.quantize(tiny_cnn(), labelled(6), metric="accuracy,k=2")
    assert result.metric_before.keys() == {"accuracy@top2"}


@pytest.mark.parametrize(
    ("metric", "words"), [(3, "metric must be a Metric, the name of one"), ("acuracy", "accuracy")]
)
def test_what_is_no_metric_is_refused(metric, words):
    with pytest.raises(ConfigError, match=words):
        openpot.quantize(tiny_cnn(), images(3), metric=metric)


def test_a_drop_that_is_stated_is_kept_by_the_model_that_comes_back():
    data = annotated_with_outputs(worked_example())
    loose, tight = (
        openpot.quantize(worked_example(), data, metric=Agreement(), max_drop=drop, validation_share=0)
        for drop in (1.0, 0.05)
    )
    assert {loose.status, tight.status} <= {"done", "target not certain"}
    assert loose.drop.drops["agreement"] > 0.05 >= tight.drop.drops["agreement"]
    assert loose.drop.in_float == ()
    assert set(tight.drop.in_float) <= {one.operation for one in tight.plan.decisions if not one.quantized}
    again = openpot.IEEngine({"device": "CPU"}, ListLoader(data), Agreement())
    again.set_model(CompressedModel(graph=tight.model))
    (value,) = again.predict()[0].values()
    assert tight.metric_after["agreement"] == pytest.approx(value, abs=1e-6)
    assert tight.metric_before["agreement"] - value <= 0.05
    assert tight.to_dict()["drop"]["is_met"] == tight.drop.is_met


def test_a_relative_drop_of_a_metric_that_is_better_when_lower():
    data = annotated_with_outputs(worked_example())
    shifted = [(sample, answer + 1e-3) for sample, answer in data]
    result = openpot.quantize(worked_example(), shifted, metric=Distance(), max_drop=0.05, drop_type="relative")
    assert result.drop.allowed["distance"] == pytest.approx(0.05 * result.metric_before["distance"])
    assert result.metric_after["distance"] <= 1.05 * result.metric_before["distance"] + 1e-6
    assert (result.settings["max_drop"], result.settings["drop_type"]) == (0.05, "relative")


class NeverAgain(Agreement):
    """Full marks for the float model alone, whatever else is given."""

    def score(self, distance):
        return 1.0 if distance == 0 else -1.0


def test_a_target_that_nothing_reaches_is_told_and_the_best_comes_back():
    data = annotated_with_outputs(tiny_cnn())
    with pytest.warns(OpenPotWarning, match="could not achieve"):
        result = openpot.quantize(
            tiny_cnn(), data, metric=NeverAgain(), max_drop=0.5, target_device="GNA3", preset="accuracy"
        )
    assert result.status == "target not met"
    assert not result.drop.is_met
    assert result.drop.drops["agreement"] == pytest.approx(2.0)
    assert "NOT MET" in str(result)
    assert any("could not achieve" in warning for warning in result.warnings)


def test_for_gna_the_drop_is_measured_from_the_float_model():
    data = annotated_with_outputs(tiny_cnn())
    result = openpot.quantize(tiny_cnn(), data, metric=Agreement(), max_drop=100.0, target_device="GNA3")
    assert result.metric_before["agreement"] == pytest.approx(1.0, abs=1e-4)
    assert result.status == "done", result.drop


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ({"max_drop": 0.01}, "there is no metric"),
        ({"metric": first_logit, "max_drop": -1}, "greater than or equal to 0"),
        ({"metric": first_logit, "drop_type": "relative"}, "state max_drop too"),
    ],
    ids=["no metric", "negative", "type alone"],
)
def test_a_drop_that_makes_no_sense_is_refused_before_the_model_is_read(choice, words):
    with pytest.raises(ConfigError, match=words):
        openpot.quantize("no_such.xml", labelled(), **choice)


# choices ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ignored", [["conv2"], ("conv2",), {"scope": ["conv2"]}, iter(["conv2"])], ids=["list", "tuple", "dict", "iterator"]
)
def test_ignored_operation_stays_in_float_and_the_report_says_why(ignored):
    result = openpot.quantize(tiny_cnn(), images(3), ignored_scope=ignored)
    (layer,) = (layer for layer in result.layers if not layer.is_integer)
    assert layer.operation == "conv2"
    assert "the user left it out by name" in layer.reason


def test_ignored_type_stays_in_float():
    result = openpot.quantize(tiny_cnn(), images(3), ignored_scope={"operations": ["MatMul"]})
    assert [layer.operation for layer in result.layers if not layer.is_integer] == ["fc"]


@pytest.mark.parametrize(
    ("choice", "error", "words"),
    [
        ({"preset": "performence"}, ConfigError, "performance"),
        ({"target_device": "CPUX"}, ConfigError, "CPU"),
        ({"subset_size": 0}, ConfigError, "subset_size must be a whole number from 1, got 0"),
        ({"subset_size": -5}, ConfigError, "got -5"),
        ({"subset_size": 2.5}, ConfigError, "got 2.5"),
        ({"ignored_scope": "conv2"}, ConfigError, r"must be a list of names, not the text 'conv2': write \['conv2'\]"),
        ({"ignored_scope": {"scpoe": ["conv2"]}}, ConfigError, "scpoe"),
        ({"ignored_scope": ["conv3"]}, UnknownNameError, "no operation 'conv3'; did you mean 'conv[12]'"),
    ],
    ids=lambda value: "-".join(f"{k}={v}" for k, v in value.items()) if isinstance(value, dict) else None,
)
def test_choice_that_is_not_possible_is_refused_with_what_is(choice, error, words):
    with pytest.raises(error, match=words):
        openpot.quantize(tiny_cnn(), images(3), **choice)


@pytest.mark.parametrize(
    ("preset", "device", "mode"),
    [
        ("performance", "GPU", "symmetric"),
        ("performance", "CPU", "asymmetric"),
        ("mixed", "GPU", "asymmetric"),
        ("accuracy", "CPU", "asymmetric"),
    ],
)
def test_preset_reaches_the_plan(preset, device, mode):
    plan = plan_only(tiny_cnn(), preset=preset, target_device=device)
    assert {str(one.config.mode) for one in plan.quantizers if one.kind == "activations"} == {mode}


def test_target_that_is_not_here_is_planned_for_and_not_judged():
    result = openpot.quantize(tiny_cnn(), images(3), target_device="NPU")
    assert result.plan.target_device == "NPU"
    assert result.speedup is None
    assert all(layer.precision is None for layer in result.layers)


def test_plan_needs_no_data_and_equals_that_of_the_run(result):
    plan = plan_only(tiny_cnn(channels=32))
    assert plan.decisions == result.plan.decisions


# the way there ----------------------------------------------------------------------------------------------------


class Recorder:
    def __init__(self):
        self.told = []

    def start(self, stage, total):
        self.told.append([stage, total, 0])

    def advance(self, steps=1):
        self.told[-1][2] += steps

    def finish(self):
        self.told[-1].append("finished")


def test_progress_is_told_stage_by_stage():
    recorder = Recorder()
    openpot.quantize(tiny_cnn(), labelled(6), metric=first_logit, subset_size=4, progress=recorder)
    assert all(done == total and end == "finished" for _, total, done, end in recorder.told)
    assert [stage for stage, *_ in recorder.told] == [
        "evaluating the metric",
        "collecting statistics",
        "checking what the device computes",
        "evaluating the metric",
        "checking and timing the result",
    ]


def test_a_search_reports_every_model_and_the_ranking():
    recorder = Recorder()
    data = annotated_with_outputs(worked_example())
    openpot.quantize(worked_example(), data, metric=Agreement(), max_drop=0.05, timing=False, progress=recorder)
    stages = [stage for stage, *_ in recorder.told]
    assert {"evaluating model 1 of the search", "ranking operations by what they lose"} <= set(stages)
    assert all(done == total and end == "finished" for _, total, done, end in recorder.told)


def test_warning_is_given_to_python_and_kept_in_the_result():
    pictures = [(sample * 40).astype(np.uint8) for sample in images(3)]
    with pytest.warns(OpenPotWarning, match="integers") as caught:
        result = openpot.quantize(tiny_cnn(), pictures)
    assert any("integers" in warning for warning in result.warnings)
    assert {str(entry.message) for entry in caught} >= {text for text in result.warnings if "integers" in text}


def test_interrupt_passes_through():
    def samples():
        yield images(1)[0]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        openpot.quantize(tiny_cnn(), samples())


def test_unreadable_model_is_refused(tmp_path):
    (tmp_path / "bad.onnx").write_bytes(b"not a model at all")
    with pytest.raises(ModelError, match=r"bad\.onnx"):
        openpot.quantize(tmp_path / "bad.onnx", images(2))


def test_torch_is_not_imported():
    assert "torch" not in sys.modules


def test_calibration_ends_early_when_nothing_new_comes_and_says_how_many_samples_it_used():
    data = list(images(10)) * 20
    assert openpot.quantize(tiny_cnn(), data).samples_used == 64
    assert openpot.quantize(tiny_cnn(), data, early_stop=False).samples_used == len(data)
