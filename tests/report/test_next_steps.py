"""What to try next."""

import shlex
import sys
from pathlib import Path

from openpot.examination.records import Examination
from openpot.measure.executed_graph import Arithmetic
from openpot.measure.speed import Ratio, SpeedResult
from openpot.report.next_steps import suggest_next_steps
from openpot.report.records import LayerRecord, Status
from openpot.search.evidence import Evidence

sys.path.insert(0, str(Path(__file__).parent))

from result_examples import example_result

EVIL = "net; rm -rf $HOME.onnx"
COMMAND = {"model": EVIL, "command": ["openpot", "quantize", EVIL, "--data", "images"]}
WITHOUT_METRIC = {"metric_before": None, "metric_after": None}
SLOW = SpeedResult(Ratio(1.5, 1.4, 1.6), Ratio(0.9, 0.8, 0.95), Ratio(1.0, 0.9, 1.1), 9, 9)


def commands(**changes):
    return [step.command for step in suggest_next_steps(example_result(**changes))]


def test_a_good_result_needs_nothing():
    assert commands() == []


def test_a_command_is_the_one_that_was_given_with_more_options_and_safe_to_paste():
    (command,) = commands(settings=COMMAND, **WITHOUT_METRIC)
    assert shlex.split(command) == [*COMMAND["command"], "--metric", "accuracy", "--annotations", "LABELS"]
    labelled = {**COMMAND, "command": [*COMMAND["command"], "--annotations", "labels.txt"]}
    (command,) = commands(settings=labelled, **WITHOUT_METRIC)
    assert shlex.split(command) == [*labelled["command"], "--metric", "accuracy"]


def test_from_python_it_is_a_call():
    assert commands(**WITHOUT_METRIC) == ["openpot.quantize(model, data, metric='accuracy')"]


def test_a_missed_limit_comes_first():
    missed = Evidence("widest", {}, {}, error=0.3, validation_samples=6, budget=0.15)
    first, *_ = commands(evidence=missed, **WITHOUT_METRIC)
    assert "max_drop=0.01" in first


def test_what_disappoints_can_be_looked_at_closely():
    missed = Evidence("widest", {}, {}, error=0.3, validation_samples=6, budget=0.15)
    assert "result = openpot.examine(result, model, data)" in commands(evidence=missed)
    settings = {"model": "a/net.onnx", "command": ["openpot", "quantize", "a/net.onnx"]}
    assert "openpot report net-int8 --examine" in commands(evidence=missed, settings=settings)
    settings["command"] += ["--output", "my int8"]
    assert "openpot report 'my int8' --examine" in commands(evidence=missed, settings=settings)
    assert not [step for step in commands(evidence=missed, examination=Examination(4)) if "examine" in step]


def test_a_slow_latency_names_the_option_that_was_not_used():
    assert commands(speedup=SLOW) == ["openpot.quantize(model, data, optimize_for='latency')"]
    assert commands(speedup=SLOW, settings={"optimize_for": "latency"}) == []


def test_where_most_stays_in_float_weights_alone_are_an_offer():
    layers = (LayerRecord("m", "MatMul", "f32", False, "why", Arithmetic.FLOAT, 9.0),)
    assert commands(layers=layers, settings=COMMAND) == [shlex.join(["openpot", "compress", EVIL])]
    assert "compress_weights" in commands(status=Status.NOTHING_QUANTIZED)[0]


def test_a_network_of_products_may_keep_its_data_in_float():
    layers = tuple(
        LayerRecord(f"fc{number}", "MatMul", "i8", True, "quantized", Arithmetic.INT8, 1e6) for number in range(3)
    )
    assert commands(layers=layers) == ["openpot.compress_weights(model, weight_format='int8_asym')"]
    image = LayerRecord("conv", "Convolution", "i8", True, "quantized", Arithmetic.INT8, 3e6)
    assert commands(layers=(*layers, image)) == []


def test_a_missed_target_asks_for_more_samples():
    assert "subset_size=300" in commands(status=Status.TARGET_NOT_MET)[0]
