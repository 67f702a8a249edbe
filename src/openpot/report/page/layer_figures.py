"""Ranges, errors and times of layers, where a closer look was asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias
from xml.etree.ElementTree import Element

from openpot.examination.records import Examination, LayerNoiseRecord, LayerTimeRecord, TensorRecord
from openpot.placement.plan import QuantizerKind
from openpot.report.page.markup import Content, element, section, table
from openpot.report.run_record import RunRecord

Column: TypeAlias = tuple[str, Callable[[str], Content]]
"""A heading, and what stands below it for the layer of a name."""


def build_layer_figures(run: RunRecord) -> Element | None:
    """One row for each layer that is quantized: those that add most error first."""
    columns = list_layer_columns(run.examination)
    if run.examination is None or not columns:
        return None
    added = {record.layer: record.contributed or 0.0 for record in run.examination.layers}
    rows: list[list[Content]] = [
        [element("code", layer.operation), *(show(layer.operation) for _, show in columns)]
        for layer in sorted(run.layers, key=lambda layer: (-added.get(layer.operation, 0.0), -layer.multiplications))
        if any(show(layer.operation) for _, show in columns)
    ]
    headings = ["operation", *(heading for heading, _ in columns)]
    notes = [element("p", note, class_="soft") for note in _list_notes(run.examination)]
    return section("Layers, looked at closely", *notes, table(headings, rows, class_="layers"))


def _list_notes(examination: Examination) -> list[str]:
    """What the columns mean, and what lies between layers."""
    notes = [
        "The worst layers first. Errors are shares of the deviation of the layer's float output: what the layer adds "
        "to float inputs, its weights alone (with the bias shift that corrects them), its rounded input alone, and "
        "what has gathered up to it in the quantized model."
    ]
    conversions = examination.conversions
    if conversions is not None:
        longest = f", longest: {', '.join(conversions.longest)}" if conversions.longest else ""
        notes.append(
            f"Between layers the device makes {conversions.count} conversions of type or layout, "
            f"{conversions.microseconds:.0f} µs or {conversions.share:.1%} of an inference{longest}."
        )
    return notes


def list_layer_columns(examination: Examination | None) -> list[Column]:
    """The columns for which there are figures."""
    if examination is None:
        return []
    activations = [record for record in examination.tensors if record.kind == QuantizerKind.ACTIVATIONS]
    ranges = {layer: record for record in activations for layer in record.layers}
    noise = {record.layer: record for record in examination.layers}
    times = {record.layer: record for record in examination.times}
    columns: list[Column] = []
    if ranges:
        columns += _list_range_columns(ranges)
    if noise:
        columns += _list_noise_columns(noise)
    if times:
        columns.append(("time before, after", lambda layer: _show_times(times.get(layer))))
    return columns


def _list_range_columns(ranges: Mapping[str, TensorRecord]) -> list[Column]:
    return [
        ("range of its input", lambda layer: _show_range(ranges.get(layer))),
        ("clipped", lambda layer: _show_clipped(ranges.get(layer))),
    ]


def _list_noise_columns(noise: Mapping[str, LayerNoiseRecord]) -> list[Column]:
    def show(layer: str, *attributes: str) -> str:
        record = noise.get(layer)
        return "" if record is None else _join([getattr(record, attribute) for attribute in attributes])

    return [
        ("error it adds", lambda layer: show(layer, "contributed")),
        ("by weights, by input", lambda layer: show(layer, "by_weights", "by_activations")),
        ("error that has gathered", lambda layer: show(layer, "accumulated")),
    ]


def _show_range(record: TensorRecord | None) -> str:
    return "" if record is None else f"{record.low:.4g} to {record.high:.4g}"


def _show_clipped(record: TensorRecord | None) -> str:
    return "" if record is None or record.clipped is None else f"{record.clipped:.2%}"


def _show_times(record: LayerTimeRecord | None) -> str:
    return "" if record is None else f"{record.before:.0f} µs, {record.after:.0f} µs"


def _join(errors: Sequence[float | None]) -> str:
    return ", ".join("?" if error is None else f"{error:.4f}" for error in errors)
