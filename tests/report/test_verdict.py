"""The verdict about a result."""

import sys
from pathlib import Path

import pytest

from openpot.measure.metric_change import MetricChange
from openpot.measure.output_distance import OutputDistance
from openpot.measure.speed import Ratio, SpeedResult
from openpot.report.records import DropRecord, FailedStage, MetricSamples, Status
from openpot.report.verdict import Level, judge_record
from openpot.search.evidence import Evidence

sys.path.insert(0, str(Path(__file__).parent))

from result_examples import example_result

MISSED = Evidence("widest", {}, {}, error=0.3, validation_samples=6, budget=0.15)
SLOW = SpeedResult(Ratio(0.8, 0.7, 0.9), Ratio(0.9, 0.8, 0.95), Ratio(1.0, 0.9, 1.1), 9, 9)
LOST = (OutputDistance("logits", 1.2, 0.0, 30),)


@pytest.mark.parametrize(
    ("changes", "level", "words"),
    [
        ({}, Level.GOOD, "Quantized"),
        ({"metric_before": None, "metric_after": None}, Level.GOOD, "not measured with a metric"),
        ({"status": Status.NOT_TO_BE_USED}, Level.BAD, "Do not use this model"),
        ({"status": Status.TARGET_NOT_MET}, Level.BAD, "target was not met: the error of the outputs"),
        ({"status": Status.NOTHING_QUANTIZED}, Level.CAUTION, "Nothing was quantized"),
        ({"output_error": LOST}, Level.BAD, "an output is lost"),
        ({"evidence": MISSED}, Level.CAUTION, "limit of the output error was not kept"),
        ({"speedup": SLOW}, Level.CAUTION, "slower than before"),
        (
            {"status": Status.DONE_IN_PART, "failed_stages": (FailedStage("timing", "why"),)},
            Level.CAUTION,
            "a stage of the run failed",
        ),
    ],
    ids=str,
)
def test_what_matters_most_is_the_title(changes, level, words):
    verdict = judge_record(example_result(**changes))
    assert verdict.level is level
    assert words in verdict.title


def test_quality_size_and_speed_are_a_sentence_each():
    quality, size, speed = judge_record(example_result()).sentences
    assert quality == "Quality: accuracy 0.9120 before, 0.9105 after, over 200 samples."
    assert size == "Size: 4.00 times smaller."
    assert "throughput 2.50 times (middle half of the turns 2.40 to 2.60)" in speed


def test_a_drop_says_on_which_samples_it_was_met():
    drop = DropRecord(allowed={"accuracy": 0.01}, drops={"accuracy": 0.0015}, explanation="why")
    record = example_result(drop=drop, metric_measured_on=MetricSamples.HELD_OUT, held_out_share=0.5)
    quality = judge_record(record).sentences[0]
    assert "over 200 held-out samples (50% of the data) (allowed drop 0.0100: met)" in quality


def test_a_drop_that_too_few_samples_tell_is_no_success_without_a_word():
    drop = DropRecord(
        allowed={"accuracy": 0.01},
        drops={"accuracy": 0.0015},
        explanation="why",
        intervals={"accuracy": (-0.02, 0.03)},
        samples=40,
    )
    verdict = judge_record(example_result(drop=drop, status=Status.TARGET_NOT_CERTAIN))
    assert verdict.level == "caution"
    assert "not certain with 40 samples" in verdict.title


def test_a_metric_comes_with_the_interval_of_its_change():
    record = example_result(metric_change={"accuracy": MetricChange(-0.0015, -0.004, 0.001, 200)})
    assert "(change -0.0015, 95 % interval -0.0040 to +0.0010)" in judge_record(record).sentences[0]


def test_without_a_metric_the_outputs_speak_and_without_these_nothing_does():
    without = {"metric_before": None, "metric_after": None}
    assert "differ from the original's by 1.2%" in judge_record(example_result(**without)).sentences[0]
    assert "not known" in judge_record(example_result(**without, output_error=())).sentences[0]


def test_a_result_that_grew_is_not_called_smaller():
    assert "4.00 times as large" in judge_record(example_result(size_before=1000, size_after=4000)).sentences[1]
