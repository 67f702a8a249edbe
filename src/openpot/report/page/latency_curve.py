"""The curve of quality against latency, with the chosen point and the neighbours that one could choose instead."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from openpot.report.page.markup import Content, element, section, table
from openpot.report.page.scatter import Point, draw_points
from openpot.search.latency_curve import CurvePoint, LatencyCurve

NEIGHBOURS = 3
"""So many points on either side of the chosen one are listed."""


def build_latency_curve(curve: LatencyCurve | None) -> Element | None:
    """Errors and latencies of the models between float and all of INT8; None where times were not asked."""
    if curve is None or not curve.points:
        return None
    points = [
        Point(
            point.latency_ms,
            _find_error(point),
            "int8" if number == curve.chosen else "packed" if point.measured_ms is not None else "float",
            number == curve.chosen,
        )
        for number, point in enumerate(curve.points)
    ]
    first = max(curve.chosen - NEIGHBOURS, 0)
    shown = curve.points[first : curve.chosen + NEIGHBOURS + 1]
    rows = [_describe_point(point, point is curve.point, curve.fp32_ms) for point in shown]
    latencies = [point.latency_ms for point in curve.points]
    note = (
        "Grey points are predicted from units alone, light blue ones were timed. For another point state max_latency "
        "(--max-latency) just above its latency."
    )
    return section(
        "Quality against latency",
        element("p", f"{curve.summary[0].upper()}{curve.summary[1:]}."),
        draw_points(
            "Error of the outputs against latency",
            points,
            (f"{min(latencies):.3g} ms", f"{max(latencies):.3g} ms"),
            curve.max_error,
        ),
        table(["latency", "times as fast as FP32", "work in INT8", "error", ""], rows),
        element("p", note, class_="soft"),
    )


def _find_error(point: CurvePoint) -> float:
    return point.error if point.measured_error is None else point.measured_error


def _describe_point(point: CurvePoint, is_chosen: bool, fp32_ms: float) -> list[Content]:
    latency = f"{point.latency_ms:.3g} ms"
    return [
        element("strong", latency) if is_chosen else latency,
        f"{fp32_ms / point.latency_ms:.2f}" if point.latency_ms else "",
        f"{point.int8_share:.1%}",
        f"{_find_error(point):.4f}",
        ", ".join(
            [
                *(["the result"] if is_chosen else []),
                "timed" if point.measured_ms is not None else "predicted",
            ]
        ),
    ]
