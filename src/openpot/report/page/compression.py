"""The report of a model whose weights alone were compressed: what was lost, size against loss, every tensor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree.ElementTree import Element

from openpot.compression.size_curve import SizeCurve
from openpot.graph.stored_size import format_size
from openpot.measure.held_out_loss import Estimate, HeldOutLoss
from openpot.report.compression_record import CompressionRecord, WeightRecord, parse_compression
from openpot.report.page.charts import draw_bars
from openpot.report.page.details import build_value_rows
from openpot.report.page.markup import Content, bullet_list, element, section, table
from openpot.report.page.scatter import Point, draw_points
from openpot.report.page.whole_page import write_page
from openpot.report.records import Status
from openpot.report.verdict import Level
from openpot.typing_aliases import JSONValue

_LEVELS = {Status.DONE: Level.GOOD, Status.DONE_IN_PART: Level.CAUTION}
_LOSSES = (
    ("divergence of the next token (KL, nats)", "divergence", "{:.4f}"),
    ("same token first", "agreement", "{:.1%}"),
    ("error of the outputs, share of their variation", "output_error", "{:.4f}"),
)


def render_compression_content(content: Mapping[str, JSONValue]) -> str:
    """The whole page, from the content of a ``run.json``.

    Raises:
        FileError: it is damaged.
    """
    return render_compression_page(parse_compression(content), content.get("files"))


def render_compression_page(record: CompressionRecord, files: Any = None) -> str:
    """The whole page.

    Args:
        record: what is known about the model.
        files: hashes of its files, by name; None if they are not known.
    """
    parts = [
        build_outcome(record),
        section("Warnings", bullet_list(record.warnings), class_="warnings") if record.warnings else None,
        build_figures(record),
        build_size_curve(record.curve),
        build_tensors(record),
        section(
            "How it was made", table(["", ""], build_value_rows(record.settings, files or {}, record.samples_used))
        ),
    ]
    return write_page(str(record.settings.get("model", "model")), parts)


def build_outcome(record: CompressionRecord) -> Element:
    """The outcome in a sentence, with what is lost below."""
    ratio = record.size_before / max(record.size_after, 1)
    title = f"Weights compressed: {ratio:.2f} times smaller"
    if record.status is not Status.DONE:
        title = f"{title}, {record.status}"
    bits = record.bits_per_weight
    sentences = [f"{bits:.2f} bits per weight, scales and zero points included." if bits is not None else ""]
    if record.loss is None:
        sentences.append("What the outputs lose is not measured: there were no data, or measuring failed.")
    return element(
        "section",
        element("p", element("code", str(record.settings.get("model", "model"))), class_="soft"),
        element("h1", title),
        *(element("p", sentence) for sentence in sentences if sentence),
        class_=f"verdict {_LEVELS.get(record.status, Level.BAD)}",
    )


def build_figures(record: CompressionRecord) -> Element:
    """Size, loss and speed of the result beside its source."""
    sizes = [
        ("size before", float(record.size_before), format_size(record.size_before), "before"),
        ("size after", float(record.size_after), format_size(record.size_after), "after"),
    ]
    rows: list[list[Content]] = [["constants", f"{sizes[0][2]} before, {sizes[1][2]} after", ""]]
    for how, loss in (("exact arithmetic", record.loss), ("as the runtime runs it", record.loss_as_run)):
        rows += list(_describe_loss(how, loss))
    if record.speedup is not None:
        ratios = {"throughput": record.speedup.throughput, "latency": record.speedup.latency}
        rows += [
            [
                f"{name} against the source",
                f"{ratio.median:.2f}x",
                f"middle half {ratio.lower:.2f} to {ratio.upper:.2f}",
            ]
            for name, ratio in ratios.items()
        ]
    return section("Before and after", table(["", "", ""], rows), draw_bars("Size of the constants", sizes))


def _describe_loss(how: str, loss: HeldOutLoss | None) -> Iterator[list[Content]]:
    for label, name, form in _LOSSES if loss is not None else ():
        estimate: Estimate | None = getattr(loss, name)
        if estimate is not None and loss is not None:
            interval = f"95 % within {form.format(estimate.low)} to {form.format(estimate.high)}"
            yield [f"{label}, {how}", form.format(estimate.value), f"{interval}, {loss.samples} held-out samples"]


def build_size_curve(curve: SizeCurve | None) -> Element | None:
    """Size against expected loss; None where formats were stated."""
    if curve is None:
        return None
    shown = sorted({point.num_bytes: point for point in (*curve.points, curve.chosen)}.items())
    points = [
        Point(size, point.loss, "int8" if point == curve.chosen else "packed", point == curve.chosen)
        for size, point in shown
    ]
    rows: list[list[Content]] = [
        [
            element("strong", format_size(size)) if point == curve.chosen else format_size(size),
            f"{point.bits_per_weight:.2f}",
            f"{point.loss:.4g}",
            "the result" if point == curve.chosen else "",
        ]
        for size, point in shown
    ]
    note = "Losses of single tensors, added up: what is expected for other values of max_size (--max-size)."
    labels = (format_size(shown[0][0]), format_size(shown[-1][0]))
    return section(
        f"Size against expected {curve.measures}",
        draw_points(f"Expected {curve.measures} against size", points, labels),
        table(["size", "bits per weight", f"expected {curve.measures}", ""], rows),
        element("p", note, class_="soft"),
    )


def build_tensors(record: CompressionRecord) -> Element:
    """One row for each weight tensor, the largest first."""
    ordered = sorted(record.weights, key=lambda weights: -weights.num_weights)
    headings = ["read by", "role", "weights", "stored as", "bits per weight", "error", "the CPU reads", "codes", "why"]
    note = "Error: root of the squared error of the weights as a share of their squares."
    return section(
        f"Weight tensors ({len(ordered)})",
        element("p", note, class_="soft"),
        table(headings, [_describe_tensor(weights) for weights in ordered], class_="layers"),
    )


def _describe_tensor(weights: WeightRecord) -> list[Content]:
    place: list[Content] = [element("code", weights.operation), weights.role, f"{weights.num_weights:,}"]
    if weights.weight_format is None:
        return [*place, "as before", "", "", weights.device_reads or "", "", weights.reason]
    return [
        *place,
        f"{weights.weight_format}, groups of {weights.group_size}",
        f"{weights.bits_per_weight:.2f}",
        f"{weights.error:.4f}",
        weights.device_reads or "not known",
        "by data" if weights.by_data else "each by itself",
        weights.reason,
    ]
