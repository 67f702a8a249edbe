"""A result of compressing weights as text for people, in plain ASCII lines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from openpot.graph.stored_size import format_size
from openpot.report.as_text import render_speeds, render_warnings, shorten_names
from openpot.report.compression_record import CompressionRecord, WeightRecord
from openpot.report.records import Status

if TYPE_CHECKING:
    from openpot.compression.size_curve import SizeCurve
    from openpot.measure.held_out_loss import HeldOutLoss

SHOWN_POINTS = 8


def render_compression(record: CompressionRecord) -> str:
    """A result on one screen: size, formats, what stayed as it was and why, warnings."""
    subject = record.settings.get("model", "model")
    lines = [f"compressed the weights of {subject}"]
    if record.status is not Status.DONE:
        lines = [f"{lines[0]}: {record.status}"]
    lines += ["", size_line(record)]
    bits = record.bits_per_weight
    if bits is not None:
        lines.append(f"{'bits per weight':24}{'':12}{bits:12.2f}")
    lines += render_losses(record)
    if record.curve is not None:
        lines += render_curve(record.curve)
    if record.speedup is not None:
        lines += ["", *render_speeds(record.speedup, record.settings)]
    lines += render_formats(record.weights)
    lines += render_kept(record.weights)
    lines += render_warnings(record.warnings)
    return "\n".join(lines)


def size_line(record: CompressionRecord) -> str:
    """Bytes of all constants, before and after."""
    before, after = format_size(record.size_before), format_size(record.size_after)
    ratio = f"{record.size_before / record.size_after:.2f}x smaller" if record.size_after else ""
    return f"{'size':24}{before:>12}{after:>12}  {ratio}"


def render_losses(record: CompressionRecord) -> list[str]:
    """What held-out samples show, in exact arithmetic and as users run it."""
    if record.loss is None:
        return ["", "loss: not measured, for there are no data"]
    lines = ["", f"loss on {record.loss.samples} held-out samples, with the interval that holds 95 %"]
    for name, loss in (("exact arithmetic", record.loss), ("as the runtime runs it", record.loss_as_run)):
        if loss is None:
            continue
        lines += _estimate_lines(name, loss)
    return lines


def _estimate_lines(name: str, loss: HeldOutLoss) -> list[str]:
    shown = (
        ("divergence of the next token (KL)", loss.divergence),
        ("same token first", loss.agreement),
        ("error of the outputs", loss.output_error),
    )
    return [
        f"  {name:24}{what:34}{estimate.value:9.4f}  {estimate.low:.4f} to {estimate.high:.4f}"
        for what, estimate in shown
        if estimate is not None
    ]


def render_curve(curve: SizeCurve) -> list[str]:
    """Size against expected loss at a few sizes, the chosen one among them."""
    step = -(-len(curve.points) // SHOWN_POINTS)
    points = {point.num_bytes: point for point in (*curve.points[::step], curve.points[-1], curve.chosen)}
    lines = ["", f"size and expected {curve.measures}, added up over tensors; * was chosen"]
    for _, point in sorted(points.items()):
        mark = "*" if point == curve.chosen else " "
        lines.append(
            f" {mark}{format_size(point.num_bytes):>12}{point.bits_per_weight:8.2f} bits per weight{point.loss:12.4g}"
        )
    return lines


def render_formats(weights: Iterable[WeightRecord]) -> list[str]:
    """One line for each format and role, with what has a reason of its own below."""
    by_format: dict[tuple[str, str], list[WeightRecord]] = {}
    for record in weights:
        if record.weight_format:
            by_format.setdefault((record.weight_format, record.role), []).append(record)
    lines = [""]
    for (weight_format, role), records in by_format.items():
        number = sum(record.num_weights for record in records)
        sizes = ", ".join(str(size) for size in sorted({record.group_size for record in records}))
        lines.append(
            f"{weight_format}: {len(records)} of role '{role}', {number / 1e6:.2f} M weights, groups of {sizes}"
        )
        lines += _reasons(records)
        unpacked = [record.operation for record in records if record.device_reads in ("f32", "bf16", "f16")]
        if unpacked:
            lines.append(f"  the CPU unpacks {len(unpacked)} when it loads the model: {shorten_names(unpacked)}")
    return lines


def render_kept(weights: Iterable[WeightRecord]) -> list[str]:
    """The weights that stay as they are, by reason."""
    kept = [record for record in weights if not record.weight_format]
    if not kept:
        return []
    return ["", f"{len(kept)} weight tensors stay as they are", *_reasons(kept)]


def _reasons(records: Iterable[WeightRecord]) -> list[str]:
    by_reason: dict[str, list[str]] = {}
    for record in records:
        if record.reason and record.reason != record.role:
            by_reason.setdefault(record.reason, []).append(record.operation)
    return [f"  {reason}: {shorten_names(names)}" for reason, names in by_reason.items()]
