"""Small charts as inline SVG, each with its figures as text for those who cannot see it."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from openpot.report.page.markup import element

WIDTH = 640
_ROW = 26
_LABEL = 130
_VALUE = 110


def draw_bars(title: str, bars: Sequence[tuple[str, float, str, str]]) -> Element:
    """One horizontal bar for each value, all from zero on one scale.

    Args:
        title: what is shown.
        bars: label, value, the value as text, and the class of the style.
    """
    largest = max((value for _, value, _, _ in bars), default=0.0) or 1.0
    room = WIDTH - _LABEL - _VALUE
    parts: list[Element] = []
    for number, (label, value, shown, kind) in enumerate(bars):
        top, length = number * _ROW, max(room * value / largest, 1.0)
        parts.append(element("text", label, x="0", y=str(top + 17)))
        parts.append(_draw_block(_LABEL, top + 4, length, kind))
        parts.append(element("text", shown, x=f"{_LABEL + length + 6:.1f}", y=str(top + 17)))
    return _draw(title, _ROW * len(bars), parts)


def draw_shares(title: str, shares: Sequence[tuple[str, float, str]]) -> Element:
    """One bar that is divided as the shares are, with its legend below.

    Args:
        title: what is shared out.
        shares: label, share (all of them at most 1) and the class of the style.
    """
    parts: list[Element] = []
    start = 0.0
    for _, share, kind in shares:
        parts.append(_draw_block(start, 4, WIDTH * share, kind))
        start += WIDTH * share
    for number, (label, share, kind) in enumerate(shares):
        top = _ROW * (number + 1)
        parts.append(_draw_block(0, top + 6, 12, kind, 12))
        parts.append(element("text", f"{label}: {share:.1%}", x="20", y=str(top + 17)))
    return _draw(title, _ROW * (len(shares) + 1), parts)


def draw_share(share: float) -> Element:
    """One share as a bar as high as a line of text."""
    block = element("rect", x="0", y="2", width=f"{100 * share:.1f}", height="8", class_="int8")
    return element("svg", block, viewBox="0 0 100 12", class_="share", role="img", aria_hidden="true")


def _draw_block(left: float, top: float, width: float, kind: str, height: float = 16) -> Element:
    return element("rect", x=f"{left:.1f}", y=f"{top:.1f}", width=f"{width:.1f}", height=str(height), class_=kind)


def _draw(title: str, height: int, parts: Sequence[Element]) -> Element:
    return element("svg", element("title", title), *parts, viewBox=f"0 0 {WIDTH} {height}", role="img")
