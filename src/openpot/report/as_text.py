"""Results and plans as text for people, in plain ASCII lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from openpot.graph.stored_size import format_size
from openpot.measure.default_precision import DefaultPrecision
from openpot.measure.executed_graph import Arithmetic
from openpot.measure.output_distance import Comparison, OutputDistance
from openpot.measure.speed import Ratio, SpeedResult
from openpot.placement.plan import OperationDecision, QuantizationPlan, QuantizerKind
from openpot.printable import make_printable
from openpot.report.definitions import OUTPUT_ERROR_IN_SHORT
from openpot.report.figure_phrases import (
    describe_compared,
    describe_samples,
    describe_search_error,
    explain_difference,
)
from openpot.report.records import DropRecord, Finding, LayerRecord, QuantizationRecord, Status
from openpot.search.evidence import Evidence
from openpot.typing_aliases import JSONValue

SHOWN_NAMES = 6
_CAPABILITIES = re.compile(r": [^)]*\)$")
"""What a device can do besides, behind the name of the processor."""
UNKNOWN_SHOWN = 5e-4
"""A smaller share of the multiplications is not worth a word."""


def render_record(record: QuantizationRecord) -> str:
    """A result on one screen: quality, size, speed, what stayed in float and why, warnings."""
    precision = str(record.settings.get("precision_before", "FP32"))
    lines = [render_headline(record), "", f"{'':24}{precision:>12}{'INT8':>12}"]
    lines += render_metrics(record)
    lines += render_drop(record.drop)
    lines.append(render_size(record.size_before, record.size_after))
    lines += [] if record.speedup is None else render_speeds(record.speedup, record.settings)
    lines += render_output_errors(record.output_error, record.compared_held_out)
    lines += render_search_error(record.evidence, record.output_error)
    lines += render_default_precision(record.default_precision)
    lines += render_layers(record.layers, record.work_shares)
    lines += render_findings(record.findings)
    lines += render_warnings(record.warnings)
    return make_printable("\n".join(lines))


def render_headline(record: QuantizationRecord) -> str:
    """What was quantized, for what, with how much data."""
    settings = record.settings
    subject = f"{settings.get('model', 'model')} for {record.plan.target_device}"
    if record.status is Status.NOTHING_QUANTIZED:
        return f"nothing was quantized in {subject}: {_describe_unquantized(record)}"
    if record.status is Status.NOT_TO_BE_USED:
        return f"{subject}: the result is NOT TO BE USED, the device computes it wrongly; see the warnings"
    done = f"quantized {subject}, preset {settings.get('preset', '?')}, {record.samples_used} samples calibrated"
    if not record.failed_stages:
        return done
    return (
        f"{done}\n{record.status}, see the warnings: {'; '.join(stage.stage for stage in record.failed_stages)} failed"
    )


def _describe_unquantized(record: QuantizationRecord) -> str:
    if record.size_after == record.size_before:
        return "the result is the model as it was"
    sizes = f"{format_size(record.size_after)} of constants, before {format_size(record.size_before)}"
    return f"every operation computes in float, but weights are stored in another precision ({sizes})"


def render_metrics(record: QuantizationRecord) -> list[str]:
    """Lines for each value of the metric: before and after, and its change with the interval."""
    before, after = record.metric_before, record.metric_after
    if before is None or after is None:
        return []
    lines = [f"{name:24}{before[name]:12.4f}{after[name]:12.4f}  {describe_samples(record)}" for name in before]
    for name, change in record.metric_change.items():
        if change.interval is not None:
            lines.append(f"{f'  change of {name}':24}{change.change:+24.4f}  {render_interval(change.interval)}")
    return lines


def render_drop(drop: DropRecord | None) -> list[str]:
    """One line for each value of which only so much may be lost."""
    if drop is None:
        return []
    if not drop.drops:
        return [f"{'drop':24}{'?':>24}  the metric of the INT8 model could not be computed"]
    verdict = drop.is_met.upper() if drop.is_met == "not met" else drop.is_met
    return [
        f"{f'drop of {name}':24}{lost:24.4f}  allowed {drop.allowed[name]:.4f}, {verdict} after {drop.evaluations} "
        "evaluations"
        for name, lost in drop.drops.items()
    ]


def render_interval(interval: tuple[float, float]) -> str:
    """A 95 % interval with signs."""
    return f"95 % interval {interval[0]:+.4f} to {interval[1]:+.4f}"


def render_size(before: int, after: int) -> str:
    """Bytes of all constants, before and after."""
    ratio = "" if not (before and after) else f"{before / after:.2f}x smaller"
    if after > before > 0:
        ratio = f"{after / before:.2f}x LARGER, see the warnings"
    return f"{'weights':24}{format_size(before):>12}{format_size(after):>12}  {ratio}"


def render_speeds(speed: SpeedResult, settings: Mapping[str, JSONValue]) -> list[str]:
    """Lines for throughput and latency, over f32 and over what the device does by default, and where that was seen."""
    default = speed.over_default
    baselines = [("f32", speed.throughput, speed.latency)]
    if default is not None:
        baselines.append((f"{default.precision}, the default", default.throughput, default.latency))
    lines = [render_speed(f"throughput over {name}", throughput) for name, throughput, _ in baselines]
    lines += [render_speed(f"latency over {name}", latency) for name, _, latency in baselines]
    lines.append(render_speed("  (f32 over itself)", speed.noise))
    processor = _CAPABILITIES.sub(")", str(settings.get("processor", "this machine")))
    kernels = f", {speed.instruction_set} kernels" if speed.instruction_set else ""
    return [*lines, f"  timed in turns on {processor}{kernels}"]


def render_speed(name: str, ratio: Ratio) -> str:
    """A ratio with the middle half of its turns."""
    return f"{name:34}{'1':>2}{f'{ratio.median:.2f}x':>12}  middle half {ratio.lower:.2f} to {ratio.upper:.2f}"


def render_output_errors(errors: Iterable[OutputDistance], held_out: int | None = None) -> list[str]:
    """One line for each output, below what the figures mean.

    Args:
        errors: of the outputs.
        held_out: how many of the samples nothing was computed from; None if that is not known.
    """
    distances = list(errors)
    if not distances:
        return []
    lines = [
        "",
        f"error of the outputs, {OUTPUT_ERROR_IN_SHORT}",
        f"  {describe_compared(distances[0].samples, held_out)}",
    ]
    for error in distances:
        lines.append(f"  {error.output:30}  {_render_error(error)}")
        lines += [f"    {part.channels:28}  {part.relative:>14.4f}" for part in error.parts]
    return lines


def render_search_error(evidence: Evidence | None, errors: Sequence[OutputDistance]) -> list[str]:
    """The error that the search judged beside its limit, and why that at the outputs may be another one."""
    if evidence is None:
        return []
    place = evidence.judged_at
    lines = [describe_search_error(evidence.error, evidence.budget, place, evidence.validation_samples)]
    difference = explain_difference(evidence.budget, evidence.error, place, errors)
    return [f"  {line}" for line in (*lines, *([difference] if difference else []))]


def render_default_precision(default: DefaultPrecision | None) -> list[str]:
    """What users get who leave the precision to the device."""
    if default is None:
        return []
    return [
        f"  by default the device computes float operations in {default.name}: that alone moves the outputs of the "
        f"float model by {default.float_error:.4f}, and those of the INT8 model are off by {default.int8_error:.4f} "
        f"then ({default.samples} samples)"
    ]


def _render_error(error: OutputDistance) -> str:
    relative = "does not vary" if error.relative is None else f"{error.relative:.4f}"
    if error.comparison is Comparison.LABELS:
        return f"{relative:>14}  of its values are other ones"
    if error.comparison is Comparison.ROWS:
        return f"{relative:>14}  of its rows have no partner, in any order"
    noise = "no noise" if error.sqnr_db is None else f"{error.sqnr_db:.1f} dB"
    skipped = f"  ({error.skipped} more samples have other shapes)" if error.skipped else ""
    return f"{relative:>14}  {noise:>10}{skipped}"


def render_layers(layers: Iterable[LayerRecord], shares: Mapping[Arithmetic, float]) -> list[str]:
    """How many layers run in INT8, with which share of the multiplications, and the others by reason."""
    records = list(layers)
    if not records:
        return []
    in_float = [layer for layer in records if not layer.is_integer]
    if all(layer.precision is None for layer in records):
        lines = [
            "",
            f"{len(records)} layers multiply and accumulate; the device is not here, what it runs is not known",
        ]
    else:
        lines = ["", f"{len(records) - len(in_float)} of {len(records)} multiply-accumulate layers run in INT8"]
        lines += [render_shares(shares)] if shares else []
    by_reason: dict[tuple[str, str], list[str]] = {}
    for layer in in_float:
        by_reason.setdefault((render_arithmetic(layer), layer.reason), []).append(layer.operation)
    for (how, reason), names in by_reason.items():
        lines += [f"  {len(names)} {how}: {reason}", f"    {shorten_names(names)}"]
    return lines


def render_shares(shares: Mapping[Arithmetic, float]) -> str:
    """The shares of the multiplications, those of bodies included."""
    whole, weights = shares[Arithmetic.INT8], shares[Arithmetic.WEIGHT_ONLY]
    unknown = 1 - sum(shares.values())
    more = f", {unknown:.1%} not known" if unknown > UNKNOWN_SHOWN else ""
    return (
        f"multiplications: {whole:.1%} in INT8, {weights:.1%} with integer weights alone, "
        f"{shares[Arithmetic.FLOAT]:.1%} in float{more}"
    )


def render_arithmetic(layer: LayerRecord) -> str:
    """``in f32``, ``in f32 with integer weights``..."""
    if layer.precision is None:
        return "in float" if layer.arithmetic == Arithmetic.FLOAT else "in unknown precision"
    return f"in {layer.precision}" + (" with integer weights" if layer.arithmetic == Arithmetic.WEIGHT_ONLY else "")


def shorten_names(names: Sequence[str]) -> str:
    """The first names, and how many more there are (all of them are in ``to_dict()`` and ``run.json``)."""
    more = len(names) - SHOWN_NAMES
    return ", ".join(names[:SHOWN_NAMES]) + (f" and {more} more" if more > 0 else "")


def render_findings(findings: Iterable[Finding]) -> list[str]:
    """Likely causes of a result that disappoints, each with how much it matters and what to do about it."""
    lines = [f"  {finding.severity}: {finding.text}; {finding.remedy}" for finding in findings]
    return ["", "what may be wrong", *lines] if lines else []


def render_warnings(warnings: Iterable[str]) -> list[str]:
    """The warnings under a heading of their own."""
    lines = list(warnings)
    return ["", "warnings", *(f"  {warning}" for warning in lines)] if lines else []


def render_plan(plan: QuantizationPlan) -> str:
    """A plan: how many FakeQuantize of which kind, and every decision with its reason."""
    kinds = Counter(quantizer.kind for quantizer in plan.quantizers)
    lines = [
        f"plan for {plan.target_device} ({plan.placement} placement): "
        f"{kinds[QuantizerKind.WEIGHTS]} FakeQuantize on weights, {kinds[QuantizerKind.ACTIVATIONS]} on activations"
        + (f", {kinds[QuantizerKind.OUTPUTS]} on outputs" if kinds[QuantizerKind.OUTPUTS] else "")
    ]
    quantized = [decision for decision in plan.decisions if decision.quantized]
    others = [decision for decision in plan.decisions if not decision.quantized]
    lines += render_decisions(f"{len(quantized)} operations become INT8", quantized)
    lines += render_decisions(f"{len(others)} operations stay in float", others)
    lines += render_warnings(plan.warnings)
    return "\n".join(lines)


def render_decisions(heading: str, decisions: Iterable[OperationDecision]) -> list[str]:
    """Decisions under a heading."""
    listed = list(decisions)
    if not listed:
        return []
    return ["", heading, *(f"  {entry.operation} ({entry.type}): {entry.reason}" for entry in listed)]
