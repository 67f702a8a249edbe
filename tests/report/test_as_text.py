"""Results as text."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from openpot.measure.default_precision import DefaultPrecision
from openpot.measure.executed_graph import Arithmetic
from openpot.measure.output_distance import OutputDistance
from openpot.measure.speed import DefaultPrecisionSpeed, Ratio
from openpot.report.as_text import SHOWN_NAMES, render_plan
from openpot.report.records import DropRecord, Finding, LayerRecord, Status
from openpot.search.evidence import Evidence

sys.path.insert(0, str(Path(__file__).parent))

from result_examples import PLAN, example_result

WHOLE = """\
quantized net.onnx for CPU, preset performance, 30 samples calibrated

                                FP32        INT8
accuracy                      0.9120      0.9105  over 200 samples
weights                      4.00 MB     1.00 MB  4.00x smaller
throughput over f32                1       2.50x  middle half 2.40 to 2.60
latency over f32                   1       1.90x  middle half 1.80 to 2.00
  (f32 over itself)                1       1.00x  middle half 0.98 to 1.02
  timed in turns on this machine

error of the outputs, as a share of their variation between samples: 0 is exact, 1 as bad as a constant answer
  at the outputs themselves, on 30 samples, 24 of which nothing was computed from
  logits                                  0.0123     38.2 dB
  constant                         does not vary    no noise

1 of 2 multiply-accumulate layers run in INT8
  1 in f32: named in the ignored scope
    head

warnings
  sample 3: a warning"""


def test_whole_result_reads_like_this():
    assert str(example_result()) == WHOLE


def test_the_gain_over_the_default_precision_stands_beside_that_over_f32():
    ratio = Ratio(1.9, 1.8, 2.0)
    speed = replace(
        example_result().speedup,
        over_default=DefaultPrecisionSpeed("bf16", ratio, Ratio(1.2, 1.1, 1.3)),
        instruction_set="avx512",
    )
    precision = DefaultPrecision("bf16", 0.0031, 0.0125, 24)
    settings = {"processor": "EPYC (x86_64: BF16, INT8)"}
    text = str(example_result(speedup=speed, default_precision=precision, settings=settings))
    assert "throughput over bf16, the default  1       1.90x" in text
    assert "latency over bf16, the default     1       1.20x" in text
    assert "timed in turns on EPYC (x86_64), avx512 kernels" in text
    assert "in bf16: that alone moves the outputs of the float model by 0.0031, and those of the INT8 model" in text


def test_without_metric_speed_and_warnings_their_lines_are_left_out():
    text = str(example_result(metric_before=None, metric_after=None, speedup=None, warnings=(), output_error=()))
    assert not any(word in text for word in ("accuracy", "throughput", "warnings", "variation"))
    assert "weights" in text


@pytest.mark.parametrize(
    ("interval", "words"),
    [
        ((0.0, 0.003), "met after 4 evaluations"),
        ((0.011, 0.02), "NOT MET after 4 evaluations"),
        ((0.0, 0.02), "not certain with 40 samples after 4 evaluations"),
    ],
    ids=["met", "not met", "not certain"],
)
def test_what_a_metric_lost_stands_beside_what_it_may_lose(interval, words):
    drop = DropRecord(
        allowed={"accuracy": 0.01},
        drops={"accuracy": 0.0015},
        explanation="why",
        evaluations=4,
        intervals={"accuracy": interval},
        samples=40,
    )
    (line,) = (line for line in str(example_result(drop=drop)).splitlines() if line.startswith("drop of accuracy"))
    assert line.split(maxsplit=3)[3] == f"0.0015  allowed 0.0100, {words}"


def test_nothing_quantized_is_said_in_the_first_line():
    first = str(example_result(status=Status.NOTHING_QUANTIZED, size_after=4_000_000)).splitlines()[0]
    assert first == "nothing was quantized in net.onnx for CPU: the result is the model as it was"


def test_what_is_stored_otherwise_though_nothing_was_quantized_is_said():
    result = example_result(status=Status.NOTHING_QUANTIZED, size_before=4_000_000, size_after=2_000_000)
    first = str(result).splitlines()[0]
    assert first.endswith("weights are stored in another precision (2.00 MB of constants, before 4.00 MB)")


def test_the_column_says_the_precision_of_the_source():
    text = str(example_result(settings={"precision_before": "FP16"}))
    assert text.splitlines()[2].split() == ["FP16", "INT8"]


def test_what_may_be_wrong_stands_there_with_the_remedy():
    text = str(example_result(findings=(Finding("the cause", "the remedy"),)))
    assert "\nwhat may be wrong\n  warning: the cause; the remedy\n" in text


def test_both_errors_stand_there_with_the_limit():
    judged = Evidence("widest", {}, {}, 0.132, 6, budget=0.15, judged_at="before a Sigmoid")
    errors = (OutputDistance("mask", 0.2645, 12.0, 30),)
    text = str(example_result(evidence=judged, output_error=errors))
    assert "the search judged 0.1320 before a Sigmoid, on 6 calibration samples (limit 0.1500: kept)" in text
    assert "at the outputs themselves it is 0.2645, above the limit" in text
    assert "above the limit" not in str(example_result(evidence=judged))
    missed = Evidence("widest", {}, {}, 0.3, 6, budget=0.15)
    assert "0.3000 at the outputs, on 6 calibration samples (limit 0.1500: NOT KEPT)" in str(
        example_result(evidence=missed)
    )


def test_layers_in_float_are_listed_by_reason_and_long_lists_are_cut():
    layers = [LayerRecord(f"m{n}", "MatMul", "f32", False, "why") for n in range(SHOWN_NAMES + 3)]
    layers.insert(1, LayerRecord("other", "MatMul", "bf16", False, "something else"))
    text = str(example_result(layers=tuple(layers)))
    assert "  9 in f32: why\n    m0, m1, m2, m3, m4, m5 and 3 more\n" in text
    assert "  1 in bf16: something else\n    other\n" in text


def test_target_that_is_not_here_leaves_the_precision_unknown():
    layers = (LayerRecord("conv", "Convolution", None, False, "planned"),)
    assert "the device is not here, what it runs is not known" in str(example_result(layers=layers))


def test_plan_lists_every_decision_with_its_reason():
    assert render_plan(PLAN) == (
        "plan for CPU (openpot placement): 1 FakeQuantize on weights, 1 on activations\n"
        "\n"
        "1 operations become INT8\n"
        "  conv (Convolution): runs in INT8\n"
        "\n"
        "1 operations stay in float\n"
        "  head (MatMul): named in the ignored scope"
    )


def test_warnings_of_a_plan_come_last():
    assert render_plan(replace(PLAN, warnings=("be careful",))).endswith("\n\nwarnings\n  be careful")


def test_multiplications_are_shared_out():
    kinds = [Arithmetic.INT8, Arithmetic.WEIGHT_ONLY, Arithmetic.FLOAT, None]
    layers = tuple(
        LayerRecord(f"m{n}", "MatMul", "f32", kind == Arithmetic.INT8, "why", kind, work)
        for n, (kind, work) in enumerate(zip(kinds, (60.0, 25.0, 10.0, 5.0), strict=True))
    )
    text = str(example_result(layers=layers))
    assert "1 of 4 multiply-accumulate layers run in INT8\n" in text
    assert "60.0% in INT8, 25.0% with integer weights alone, 10.0% in float, 5.0% not known" in text
    assert "  1 in f32 with integer weights: why" in text
    assert "not known" not in str(example_result(layers=layers[:3]))
    assert "multiplications" not in str(example_result())


def test_a_result_that_grew_is_not_called_smaller():
    line = next(line for line in str(example_result(size_after=8_000_000)).splitlines() if line.startswith("weights"))
    assert line.endswith("2.00x LARGER, see the warnings")
