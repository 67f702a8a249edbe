"""Histograms of quantized tensors, with the limits of their quantizers, as inline SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence
from xml.etree.ElementTree import Element

from openpot.examination.records import Histogram, TensorRecord
from openpot.report.page.markup import Content, element, section, table

WIDTH, HEIGHT = 240, 56
OPEN = 12
"""So many tensors are shown at once, those that clip most; the others are behind a line that unfolds them."""


def build_tensors(tensors: Sequence[TensorRecord]) -> Element | None:
    """One row for each quantized tensor, those of which most is clipped first."""
    if not tensors:
        return None
    ordered = sorted(tensors, key=lambda record: -(record.clipped or 0.0))
    parts: list[Content] = [table(_HEADINGS, [_describe_tensor(record) for record in ordered[:OPEN]], class_="layers")]
    if len(ordered) > OPEN:
        rest = table(_HEADINGS, [_describe_tensor(record) for record in ordered[OPEN:]], class_="layers")
        parts.append(element("details", element("summary", f"{len(ordered) - OPEN} more tensors"), rest))
    note = (
        "The lines are the limits of the quantizer; what lies beyond them is clipped. Bars are on a scale of square "
        "roots, so that rare values can be seen."
    )
    return section(f"Values and ranges ({len(ordered)} tensors)", element("p", note, class_="soft"), *parts)


_HEADINGS = ("tensor", "read by", "values", "limits", "observed", "clipped")


def _describe_tensor(record: TensorRecord) -> list[Content]:
    return [
        element("span", element("code", record.tensor), f" ({record.kind})"),
        ", ".join(record.layers),
        draw_histogram(record.histogram, record.low, record.high),
        f"{record.low:.4g} to {record.high:.4g}",
        f"{record.observed_low:.4g} to {record.observed_high:.4g}",
        "" if record.clipped is None else f"{record.clipped:.2%}",
    ]


def draw_histogram(histogram: Histogram, low: float, high: float) -> Element:
    """Bars with a line at each limit.

    Args:
        histogram: of the values.
        low: the low limit.
        high: the high limit.
    """
    width = WIDTH / len(histogram.counts)
    largest = math.sqrt(max(histogram.counts)) or 1.0
    bars = [
        _draw_bar(number * width, width, HEIGHT * math.sqrt(count) / largest)
        for number, count in enumerate(histogram.counts)
        if count
    ]
    span = (histogram.high - histogram.low) or 1.0
    lines = [WIDTH * (limit - histogram.low) / span for limit in (low, high)]
    limits = [element("line", x1=f"{x:.1f}", x2=f"{x:.1f}", y1="0", y2=str(HEIGHT), class_="limit") for x in lines]
    title = element("title", f"values with limits at {low:.4g} and {high:.4g}")
    return element("svg", title, *bars, *limits, viewBox=f"0 0 {WIDTH} {HEIGHT}", class_="histogram", role="img")


def _draw_bar(left: float, width: float, height: float) -> Element:
    return element(
        "rect",
        x=f"{left:.1f}",
        y=f"{HEIGHT - height:.1f}",
        width=f"{width:.1f}",
        height=f"{height:.1f}",
        class_="float",
    )
