"""Points of models that a search considered, with the limit that it had to keep, as inline SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from openpot.report.page.charts import WIDTH
from openpot.report.page.markup import element

HEIGHT = 180
LEFT, RIGHT, BOTTOM, TOP = 60, 30, 40, 20


@dataclass(frozen=True)
class Point:
    """A model: where it stands, the class of its style, and whether it is the result."""

    x: float
    y: float
    style: str
    is_chosen: bool = False


def draw_points(title: str, points: Sequence[Point], labels: tuple[str, str], limit: float | None = None) -> Element:
    """Points over two axes; the vertical one begins at 0.

    Args:
        title: what is shown.
        points: at least one.
        labels: below the left and the right end of the horizontal axis.
        limit: drawn as a line across; None for none.
    """
    lowest, highest = min(point.x for point in points), max(point.x for point in points)
    span = highest - lowest
    top = max(*(point.y for point in points), limit or 0.0, 0.0) or 1.0
    floor = HEIGHT - BOTTOM

    def find_height(value: float) -> float:
        return TOP + (floor - TOP) * (1 - max(value, 0.0) / top)

    parts = [_draw_line(floor, "axis")]
    if limit is not None:
        parts += [
            _draw_line(find_height(limit), "limit"),
            _write(LEFT + 4, find_height(limit) - 4, f"limit {limit:.3g}"),
        ]
    for point in points:
        x = LEFT + (WIDTH - LEFT - RIGHT) * ((point.x - lowest) / span if span else 1.0)
        y, radius = find_height(point.y), "7" if point.is_chosen else "4"
        parts.append(element("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r=radius, class_=point.style))
    left, right = labels
    parts += [
        _write(0, TOP + 4, f"{top:.3g}"),
        _write(0, floor, "0"),
        _write(LEFT, HEIGHT - 14, left if span else ""),
        element("text", right, x=str(WIDTH - 10), y=f"{HEIGHT - 14:.1f}", text_anchor="end"),
    ]
    return element("svg", element("title", title), *parts, viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img")


def _draw_line(height: float, kind: str) -> Element:
    return element("line", x1=str(LEFT), y1=f"{height:.1f}", x2=str(WIDTH - 10), y2=f"{height:.1f}", class_=kind)


def _write(x: float, y: float, text: str) -> Element:
    return element("text", text, x=f"{x:.1f}", y=f"{y:.1f}")
