"""What the search saw: quality against work in INT8, with the chosen point and those that one could choose instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element

from openpot.report.page.markup import Content, element, section, table
from openpot.report.page.scatter import Point, draw_points
from openpot.report.run_record import RunRecord
from openpot.search.accuracy_records import EvaluationRecord
from openpot.search.tried_models import TriedModel

NEIGHBOURS = 6
"""So many models that were not measured are listed, those next to the chosen one."""


def build_curve(run: RunRecord) -> Element | None:
    """What the search tried: the metric where a drop was stated, else the error of the outputs."""
    if run.drop is not None and run.drop.tried:
        return _build_metric_curve(run.drop.tried, run.drop.allowed, run.drop.in_float)
    tried = () if run.evidence is None else run.evidence.tried
    total = sum(layer.multiplications for layer in run.layers)
    if len(tried) < 2 or not total:
        return None
    return _build_error_curve(tried, total, None if run.evidence is None else run.evidence.allowed_error)


def _build_error_curve(tried: Sequence[TriedModel], total: float, limit: float | None) -> Element:
    shares = [max(1 - model.float_work / total, 0.0) for model in tried]
    points = [
        Point(share, model.error, _choose_style(model.is_chosen, model.is_measured), model.is_chosen)
        for model, share in zip(tried, shares, strict=True)
    ]
    shown = _keep_neighbours(tried)
    rows: list[list[Content]] = [
        [
            element("strong", model.description) if model.is_chosen else model.description,
            f"{share:.1%}",
            f"{model.error:.4f}",
            "measured" if model.is_measured else "estimated from single units",
        ]
        for model, share in zip(tried, shares, strict=True)
        if model in shown
    ]
    note = (
        "Error as the search judged it; operations that were never to be quantized do not count. For another point "
        "state max_output_error (--max-output-error) just above its error."
    )
    title = "Error of the outputs against the share of the multiplications that is prepared for INT8"
    labels = (f"{min(shares):.1%} of the multiplications prepared for INT8", f"{max(shares):.1%}")
    return section(
        "What the search saw: error against work in INT8",
        draw_points(title, points, labels, limit),
        table(["model", "prepared for INT8", "error", ""], rows),
        element("p", note, class_="soft"),
    )


def _keep_neighbours(tried: Sequence[TriedModel]) -> Sequence[TriedModel]:
    """The measured models, and the estimated ones next to the result in work."""
    chosen = next((model for model in tried if model.is_chosen), tried[-1])
    estimated = sorted(
        (model for model in tried if not model.is_measured), key=lambda model: chosen.float_work - model.float_work
    )[:NEIGHBOURS]
    return [model for model in tried if model.is_measured or model in estimated]


def _build_metric_curve(
    tried: Sequence[EvaluationRecord], allowed: Mapping[str, float], in_float: Sequence[str]
) -> Element | None:
    name = next((name for name in allowed if any(name in model.drops for model in tried)), None)
    if name is None:
        return None
    points = [
        Point(len(model.in_float), model.drops[name], _choose_style(_is_result(model, in_float), model.accepted))
        for model in tried
        if name in model.drops
    ]
    rows: list[list[Content]] = [
        [
            element("strong", model.variant) if _is_result(model, in_float) else model.variant,
            str(len(model.in_float)),
            ", ".join(f"{key} {value:.4f}" for key, value in (model.metrics or {}).items()) or "not known",
            f"{model.drops[name]:.4f}" if name in model.drops else "",
            "within" if model.accepted else "beyond the limit",
        ]
        for model in tried
    ]
    title = f"Loss of {name} against the number of operations in float"
    most = max(len(model.in_float) for model in tried)
    note = "Each point is a model that was evaluated on the samples of the search. For another one state max_drop anew."
    return section(
        f"What the search saw: loss of {name} against operations in float",
        draw_points(title, points, ("fewest operations in float", f"{most}"), allowed[name]),
        table(["model", "operations in float", "metric", "loss", ""], rows),
        element("p", note, class_="soft"),
    )


def _is_result(model: EvaluationRecord, in_float: Sequence[str]) -> bool:
    return set(model.in_float) == set(in_float)


def _choose_style(is_chosen: bool, is_sound: bool) -> str:
    if is_chosen:
        return "int8"
    return "packed" if is_sound else "float"
