"""Whether a quantized model is good, in words for a reader who knows nothing of the run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from openpot.measure.output_distance import Comparison, OutputDistance, find_worst_error
from openpot.measure.side_by_side import is_lost
from openpot.report.figure_phrases import describe_compared, describe_samples
from openpot.report.records import DropRecord, QuantizationRecord, Status


class Level(StrEnum):
    """How good a result is."""

    GOOD = "good"
    CAUTION = "caution"
    """It can be used, but not everything is as one would wish."""
    BAD = "bad"


@dataclass(frozen=True)
class Verdict:
    """What became of a model.

    Attributes:
        level: how good it is.
        title: the outcome in one sentence.
        sentences: quality, size and speed, one sentence each.
    """

    level: Level
    title: str
    sentences: tuple[str, ...]


def judge_record(record: QuantizationRecord) -> Verdict:
    """The verdict about a result; every figure in it is one of the record."""
    level, title = _judge(record)
    sentences = (describe_quality(record), describe_size(record), describe_speed(record))
    return Verdict(level, title, tuple(sentence for sentence in sentences if sentence))


def _judge(record: QuantizationRecord) -> tuple[Level, str]:
    if record.status is Status.NOT_TO_BE_USED:
        return Level.BAD, "Do not use this model: the device computes it wrongly"
    if record.status is Status.TARGET_NOT_MET:
        return Level.BAD, f"The target was not met: {_describe_missed(record)}"
    if record.status is Status.TARGET_NOT_CERTAIN and record.drop is not None:
        return Level.CAUTION, f"Quantized; whether the metric is kept is {record.drop.is_met}"
    if any(is_lost(distance) for distance in record.output_error):
        return Level.BAD, "Do not use this model unchecked: an output is lost"
    if record.status is Status.NOTHING_QUANTIZED:
        cause = f": {record.findings[0].text}" if record.findings else ""
        return Level.CAUTION, f"Nothing was quantized{cause}"
    if record.evidence is not None and record.evidence.misses_budget:
        return Level.CAUTION, "Quantized, but the limit of the output error was not kept"
    if record.speedup is not None and record.speedup.throughput.upper < 1:
        return Level.CAUTION, "Quantized, but slower than before on this machine"
    if record.samples_used == 1:
        return Level.CAUTION, "Quantized, but calibrated on one sample alone"
    if record.status is Status.DONE_IN_PART:
        return Level.CAUTION, "Quantized, but a stage of the run failed"
    if record.metric_after is None:
        return Level.GOOD, "Quantized; whether its answers are as good was not measured with a metric"
    return Level.GOOD, "Quantized"


def _describe_missed(record: QuantizationRecord) -> str:
    if record.drop is None:
        return "the error of the outputs is above max_output_error, or too few samples tell it"
    if not record.drop.drops:
        return "the metric of the quantized model could not be computed"
    return "the metric lost more than was allowed"


def describe_quality(record: QuantizationRecord) -> str:
    """The metric before and after, or else how far the outputs are from those of the original."""
    if record.metric_before and record.metric_after:
        parts = [
            f"{name} {before:.4f} before, {record.metric_after[name]:.4f} after{_describe_interval(record, name)}"
            for name, before in record.metric_before.items()
            if name in record.metric_after
        ]
        verdict = _describe_drop(record.drop)
        return f"Quality: {'; '.join(parts)}, {describe_samples(record)}{verdict}."
    return _describe_outputs(record.output_error, record.compared_held_out)


def _describe_interval(record: QuantizationRecord, name: str) -> str:
    change = record.metric_change.get(name)
    if change is None or change.interval is None:
        return ""
    return f" (change {change.change:+.4f}, 95 % interval {change.interval[0]:+.4f} to {change.interval[1]:+.4f})"


def _describe_drop(drop: DropRecord | None) -> str:
    if drop is None:
        return ""
    allowed = ", ".join(f"{value:.4f}" for value in drop.allowed.values())
    return f" (allowed drop {allowed}: {drop.is_met})"


def _describe_outputs(distances: Iterable[OutputDistance], held_out: int | None) -> str:
    by_value = [
        distance for distance in distances if distance.relative is not None and distance.comparison is Comparison.VALUES
    ]
    if not by_value:
        return "Quality: not known, nothing was compared."
    worst = find_worst_error(
        [OutputDistance(distance.output, distance.relative, None, distance.samples) for distance in by_value]
    )
    return (
        f"Quality: no metric was measured; the outputs differ from the original's by {worst:.1%} of their variation "
        f"between samples, {describe_compared(by_value[0].samples, held_out)} (the worst output)."
    )


def describe_size(record: QuantizationRecord) -> str:
    """By how much the constants shrank or grew."""
    before, after = record.size_before, record.size_after
    if not before or not after:
        return ""
    if after > before:
        return f"Size: {after / before:.2f} times as large as the model that was given."
    return f"Size: {before / after:.2f} times smaller."


def describe_speed(record: QuantizationRecord) -> str:
    """How many times faster, with the middle half of the turns."""
    if record.speedup is None:
        return "Speed: not measured here."
    ratios = {"throughput": record.speedup.throughput, "one inference at a time": record.speedup.latency}
    parts = [
        f"{name} {ratio.median:.2f} times (middle half of the turns {ratio.lower:.2f} to {ratio.upper:.2f})"
        for name, ratio in ratios.items()
    ]
    sentence = f"Speed against FP32 on this machine: {', '.join(parts)}"
    default = record.speedup.over_default
    if default is None:
        return f"{sentence}."
    return (
        f"{sentence}; against {default.precision}, which the device computes in by default, throughput "
        f"{default.throughput.median:.2f} times, one inference at a time {default.latency.median:.2f} times."
    )
