"""Shapes of the guide's drawings as SVG text: readable on light and dark pages, the same bytes each time."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

STYLE = """
.card { fill: #fdfdfe; } text { font: 13px system-ui, sans-serif; fill: #1d2430; } .soft { fill: #5b6675; }
.line { stroke: #5b6675; stroke-width: 1.2; fill: none; } .thin { stroke: #c3cad4; stroke-width: 1; fill: none; }
.float { fill: #b9c2ce; } .int8 { fill: #2f6fde; } .bad { fill: #c9483f; } .good { fill: #2a9d62; }
.box { fill: #eef2f8; stroke: #8a96a6; } .curve { stroke: #2f6fde; stroke-width: 2; fill: none; }
.shade0 { fill: #dfe6f1; } .shade1 { fill: #b5c6e3; } .shade2 { fill: #86a3d3; } .shade3 { fill: #5a80bf; }
.shade4 { fill: #30589f; } .other { stroke: #c9483f; stroke-width: 2; fill: none; }
.area { fill: #2f6fde; fill-opacity: 0.18; }
"""
BAR_GAP = 4.0


class Drawing:
    """A drawing of ``width`` times ``height`` units on a light card."""

    def __init__(self, title: str, width: int = 640, height: int = 200) -> None:
        self.width, self.height = width, height
        self._root = Element("svg", xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {width} {height}", role="img")
        SubElement(self._root, "title").text = title
        SubElement(self._root, "style").text = STYLE
        self.draw_block(0, 0, width, height, "card", 8)

    def write(self) -> str:
        """The drawing as text."""
        return tostring(self._root, encoding="unicode") + "\n"

    def draw_block(self, x: float, y: float, width: float, height: float, kind: str, radius: float = 0) -> None:
        """A filled rectangle."""
        self._add("rect", x=x, y=y, width=max(width, 0.0), height=max(height, 0.0), rx=radius, kind=kind)

    def draw_line(self, x1: float, y1: float, x2: float, y2: float, kind: str = "line") -> None:
        """A straight line."""
        self._add("line", x1=x1, y1=y1, x2=x2, y2=y2, kind=kind)

    def draw_arrow(self, x1: float, y1: float, x2: float, y2: float) -> None:
        """A line with a head at its end."""
        self.draw_line(x1, y1, x2, y2)
        angle = math.atan2(y2 - y1, x2 - x1)
        for turn in (-0.45, 0.45):
            self.draw_line(x2, y2, x2 - 8 * math.cos(angle + turn), y2 - 8 * math.sin(angle + turn))

    def draw_dot(self, x: float, y: float, kind: str, radius: float = 4) -> None:
        """A filled circle."""
        self._add("circle", cx=x, cy=y, r=radius, kind=kind)

    def draw_path(self, points: Iterable[tuple[float, float]], kind: str = "curve") -> None:
        """Straight lines from point to point."""
        self._add("polyline", points=" ".join(f"{x:.1f},{y:.1f}" for x, y in points), kind=kind)

    def write_text(self, x: float, y: float, text: str, kind: str = "", anchor: str = "start") -> None:
        """A line of text that begins, is centred or ends at ``x``."""
        node = self._add("text", x=x, y=y, kind=kind)
        node.set("text-anchor", anchor)
        node.text = text

    def draw_box(self, x: float, y: float, width: float, height: float, *lines: str) -> None:
        """A box with lines of text in its middle."""
        self.draw_block(x, y, width, height, "box", 6)
        top = y + height / 2 - 8 * (len(lines) - 1) + 4
        for number, line in enumerate(lines):
            self.write_text(x + width / 2, top + 16 * number, line, anchor="middle")

    def draw_bars(
        self, left: float, floor: float, width: float, heights: Sequence[float], kinds: str | Sequence[str]
    ) -> None:
        """Bars side by side that stand on ``floor``."""
        step = width / len(heights)
        for number, height in enumerate(heights):
            kind = kinds if isinstance(kinds, str) else kinds[number]
            self.draw_block(left + number * step, floor - height, step - BAR_GAP, height, kind)

    def draw_curve(
        self,
        function: Callable[[float], float],
        ends: tuple[float, float],
        place: Callable[[float, float], tuple[float, float]],
        kind: str = "curve",
    ) -> None:
        """The graph of a function between two ends; ``place`` says where a point of it is on the drawing."""
        low, high = ends
        values = [low + (high - low) * number / 120 for number in range(121)]
        self.draw_path([place(value, function(value)) for value in values], kind)

    def _add(self, tag: str, kind: str = "", **numbers: object) -> Element:
        shown = {name: value if isinstance(value, str) else f"{value:.1f}" for name, value in numbers.items()}
        node = SubElement(self._root, tag, shown)
        if kind:
            node.set("class", kind)
        return node
