"""The curve of error against work in INT8 that the search saw, with the chosen point and its neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from openpot.report.page.charts import WIDTH
from openpot.report.page.markup import Content, element, section, table
from openpot.report.run_record import RunRecord
from openpot.search.tried_models import TriedModel

HEIGHT = 180
LEFT, BOTTOM, TOP = 60, 40, 20
NEIGHBOURS = 6
"""So many rows of the table stand around the chosen point."""


def build_curve(run: RunRecord) -> Element | None:
    """What the search tried: error against the share of the multiplications that stays prepared for INT8."""
    tried = () if run.evidence is None else run.evidence.tried
    total = sum(layer.multiplications for layer in run.layers)
    if len(tried) < 2 or not total:
        return None
    limit = None if run.evidence is None else run.evidence.allowed_error
    shown = _keep_neighbours(tried)
    rows: list[list[Content]] = [
        [
            element("strong", model.description) if model.is_chosen else model.description,
            f"{_share_in_int8(model, total):.1%}",
            f"{model.error:.4f}",
            "measured" if model.is_measured else "estimated from single units",
        ]
        for model in shown
    ]
    note = (
        "Error as the search judged it; operations that were never to be quantized do not count. For another point "
        "state max_output_error (--max-output-error) just above its error."
    )
    return section(
        "What the search saw: error against work in INT8",
        _draw(tried, total, limit),
        table(["model", "prepared for INT8", "error", ""], rows),
        element("p", note, class_="soft"),
    )


def _share_in_int8(model: TriedModel, total: float) -> float:
    return max(1 - model.float_work / total, 0.0)


def _keep_neighbours(tried: Sequence[TriedModel]) -> Sequence[TriedModel]:
    """The measured models, and the estimated ones next to the result in work."""
    chosen = next((model for model in tried if model.is_chosen), tried[-1])
    estimated = sorted(
        (model for model in tried if not model.is_measured), key=lambda model: chosen.float_work - model.float_work
    )[:NEIGHBOURS]
    return [model for model in tried if model.is_measured or model in estimated]


def _draw(tried: Sequence[TriedModel], total: float, limit: float | None) -> Element:
    largest = max(*(model.error for model in tried), limit or 0.0) or 1.0
    lowest = min(_share_in_int8(model, total) for model in tried)
    span = (1 - lowest) or 1.0

    def place(share: float, error: float) -> tuple[float, float]:
        x = LEFT + (WIDTH - LEFT - 30) * ((share - lowest) / span if lowest < 1 else 1.0)
        return x, TOP + (HEIGHT - BOTTOM - TOP) * (1 - error / largest)

    parts = [_draw_line(LEFT, HEIGHT - BOTTOM, WIDTH - 10, HEIGHT - BOTTOM, "axis")]
    if limit is not None:
        height = place(1, limit)[1]
        parts += [
            _draw_line(LEFT, height, WIDTH - 10, height, "limit"),
            _write(LEFT + 4, height - 4, f"limit {limit:.3g}"),
        ]
    for model in tried:
        x, y = place(_share_in_int8(model, total), model.error)
        style = "int8" if model.is_chosen else "packed" if model.is_measured else "float"
        parts.append(element("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r="7" if model.is_chosen else "4", class_=style))
    parts += [
        _write(0, TOP + 4, f"{largest:.3g}"),
        _write(0, HEIGHT - BOTTOM, "error 0"),
        _write(LEFT, HEIGHT - 14, f"{lowest:.1%} of the multiplications prepared for INT8" if lowest < 1 else ""),
        _write(WIDTH - 50, HEIGHT - 14, "100%"),
    ]
    title = element("title", "Error of the models that the search tried, against their work in INT8")
    return element("svg", title, *parts, viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img")


def _draw_line(x1: float, y1: float, x2: float, y2: float, kind: str) -> Element:
    return element("line", x1=f"{x1:.1f}", y1=f"{y1:.1f}", x2=f"{x2:.1f}", y2=f"{y2:.1f}", class_=kind)


def _write(x: float, y: float, text: str) -> Element:
    return element("text", text, x=f"{x:.1f}", y=f"{y:.1f}")
