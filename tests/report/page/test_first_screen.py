"""The top of the page."""

import sys
from dataclasses import replace
from pathlib import Path

from openpot.measure.executed_graph import Arithmetic
from openpot.measure.speed import DefaultPrecisionSpeed
from openpot.report.page.first_screen import (
    build_figures,
    build_next_steps,
    build_shares,
    build_verdict,
    build_warnings,
)
from openpot.report.records import LayerRecord
from openpot.report.run_record import parse_run_record

sys.path.insert(0, str(Path(__file__).parent.parent))

from result_examples import example_result


def run_of(**changes):
    return parse_run_record(example_result(**changes).to_dict())


def text_of(part):
    return "".join(part.itertext())


def test_the_level_is_a_class_of_the_verdict():
    assert build_verdict(run_of()).get("class") == "verdict good"
    without = run_of().model_copy(update={"verdict": None})
    assert "Status: done" in text_of(build_verdict(without))


def test_the_figures_name_what_they_are_a_gain_over():
    speed = example_result().speedup
    assert "over bf16" not in text_of(build_figures(run_of()))
    default = DefaultPrecisionSpeed("bf16", speed.latency, speed.noise)
    text = text_of(build_figures(run_of(speedup=replace(speed, over_default=default))))
    assert "throughput over f3212.50x" in text
    assert "throughput over bf16, the default11.90x" in text


def test_each_warning_stands_there_once():
    assert text_of(build_warnings(run_of(warnings=("a", "b", "a")))) == "Warningsab"
    assert build_warnings(run_of(warnings=())) is None


def test_commands_can_be_copied():
    steps = build_next_steps(run_of(metric_before=None, metric_after=None))
    assert [block.text for block in steps.iter("pre")] == ["openpot.quantize(model, data, metric='accuracy')"]
    assert build_next_steps(run_of()) is None


def test_a_result_that_grew_is_called_larger():
    assert "4.00x larger" in text_of(build_figures(run_of(size_before=1000, size_after=4000)))


def test_the_column_says_the_precision_of_the_source():
    assert "FP16" in text_of(build_figures(run_of(settings={"precision_before": "FP16"})))


def test_what_is_not_known_of_the_multiplications_is_said():
    layers = (
        LayerRecord("a", "MatMul", "i8", True, "", Arithmetic.INT8, 3.0),
        LayerRecord("b", "MatMul", None, False, "", None, 1.0),
    )
    text = text_of(build_shares(run_of(layers=layers)))
    assert "in INT8: 75.0%" in text
    assert "Of 25.0% it is not known" in text
    assert build_shares(run_of()) is None
