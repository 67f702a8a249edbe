"""The rest of the page: every layer, the errors of the outputs, and how the result was made."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element

from openpot.measure.executed_graph import Arithmetic
from openpot.measure.output_distance import Comparison, OutputDistance
from openpot.report.definitions import OUTPUT_ERROR
from openpot.report.figure_phrases import describe_compared, describe_search_error, explain_difference
from openpot.report.page.charts import draw_share
from openpot.report.page.markup import Content, element, section, table
from openpot.report.records import LayerRecord
from openpot.report.run_record import RunRecord

_COMPARISONS = {
    Comparison.VALUES: "{0:.4f} of the variation between samples",
    Comparison.LABELS: "{0:.1%} of its values are other ones",
    Comparison.ROWS: "{0:.1%} of its rows have no partner, in any order",
}
SETTINGS_OF_THE_MACHINE = ("versions", "processor", "int8_sums_can_saturate", "digests", "data_digest", "command")
"""Entries of the settings that have lines of their own."""
_DIGESTS = {"model": "digest of the source"}


def build_layers(run: RunRecord) -> Element | None:
    """One row for each operation that multiplies and accumulates, the largest work first."""
    if not run.layers:
        return None
    total = sum(layer.multiplications for layer in run.layers)
    numbered = sorted(enumerate(run.layers, 1), key=lambda entry: -entry[1].multiplications)
    rows = [_describe_layer(run, number, layer, total) for number, layer in numbered]
    headings = [
        "operation",
        "place",
        "type",
        "quantized how, or why not",
        "runs in",
        "share of multiplications",
        "error brought",
    ]
    notes = [
        "Place: the number of the layer on the way from the inputs. Error brought: share of the output error, of "
        "operations that were reverted to float."
    ]
    if run.examination is None:
        notes.append("openpot report FOLDER --examine adds ranges, histograms, errors, times and the worst samples.")
    return section(
        f"Layers ({len(rows)})",
        *(element("p", note, class_="soft") for note in notes),
        table(headings, rows, class_="layers"),
    )


def _describe_layer(run: RunRecord, number: int, layer: LayerRecord, total: float) -> list[Content]:
    share = layer.multiplications / total if total else None
    shifted = () if run.evidence is None else run.evidence.shifted
    brought = None if run.evidence is None else run.evidence.reverted_to_float.get(layer.operation)
    return [
        element("code", layer.operation),
        f"{number} of {len(run.layers)}",
        layer.type,
        layer.reason + ("; bias shifted" if layer.operation in shifted else ""),
        element("span", describe_arithmetic(layer), _show_kernel(layer)),
        None if share is None else element("span", f"{share:.1%}", draw_share(share)),
        None if brought is None else f"{brought:.1%}",
    ]


def _show_kernel(layer: LayerRecord) -> Element | None:
    return None if layer.kernel is None else element("code", f" {layer.kernel}", class_="soft")


def describe_arithmetic(layer: LayerRecord) -> str:
    """What a layer really computes in."""
    if layer.precision is None:
        return "float" if layer.arithmetic == Arithmetic.FLOAT else "not known"
    return layer.precision + (", integer weights unpacked" if layer.arithmetic == Arithmetic.WEIGHT_ONLY else "")


def build_output_errors(run: RunRecord) -> Element | None:
    """The error at each output, and the one that the search judged."""
    if not run.output_error and run.evidence is None:
        return None
    rows: list[list[Content]] = [
        [
            element("code", distance.output),
            describe_distance(distance),
            _describe_noise(distance),
            str(distance.samples),
        ]
        for distance in run.output_error
    ]
    rows += [
        [element("code", f"{distance.output}: {part.channels}"), f"{part.relative:.4f}", "", str(distance.samples)]
        for distance in run.output_error
        for part in distance.parts
    ]
    errors = table(["output", "error", "signal to noise", "samples"], rows) if rows else None
    compared = describe_compared(run.output_error[0].samples, run.compared_held_out) if run.output_error else None
    where = None if compared is None else element("p", f"The table: {compared}.")
    return section("Errors of the outputs", element("p", OUTPUT_ERROR), where, errors, _describe_search(run))


def describe_distance(distance: OutputDistance) -> str:
    """The error of an output with what it is a share of."""
    if distance.relative is None:
        return "the output does not vary"
    return _COMPARISONS[distance.comparison].format(distance.relative)


def _describe_noise(distance: OutputDistance) -> str:
    if distance.comparison is not Comparison.VALUES:
        return ""
    return "no noise" if distance.sqnr_db is None else f"{distance.sqnr_db:.1f} dB"


def _describe_search(run: RunRecord) -> Element | None:
    if run.evidence is None:
        return None
    evidence = run.evidence
    judged = describe_search_error(
        evidence.output_error, evidence.allowed_error, evidence.judged_at, evidence.validation_samples
    )
    difference = explain_difference(evidence.allowed_error, evidence.output_error, evidence.judged_at, run.output_error)
    sentences = [judged, *([difference] if difference else []), f"ranges of activations: {evidence.ranges}"]
    return element("p", " ".join(f"{sentence[0].upper()}{sentence[1:]}." for sentence in sentences))


def build_settings(run: RunRecord) -> Element:
    """How the result was made, by what, on which processor, and the hashes of its files."""
    settings = run.settings
    rows = build_value_rows(settings, run.files, run.samples_used)
    if "processor" in settings:
        rows.append(["processor", element("code", show_value(settings["processor"]))])
    if "int8_sums_can_saturate" in settings:
        rows.append(["INT8 sums can saturate", "yes" if settings["int8_sums_can_saturate"] else "no"])
    command = settings.get("command")
    words = shlex.join(map(str, command)) if isinstance(command, list) else show_value(command)
    shown = element("pre", words) if command else None
    return section("How it was made", shown, table(["", ""], rows))


def build_value_rows(
    settings: Mapping[str, Any], files: Mapping[str, str], samples_used: int | None = None
) -> list[list[Content]]:
    """Settings, samples, versions and hashes as rows of a table."""
    rows: list[list[Content]] = [
        [name, element("code", show_value(value))]
        for name, value in settings.items()
        if name not in SETTINGS_OF_THE_MACHINE
    ]
    if samples_used is not None:
        rows.append(["calibration samples", str(samples_used)])
    for name, labels in (("versions", {}), ("digests", _DIGESTS)):
        entries = dict(settings.get(name) or {})
        rows += [[labels.get(str(key), str(key)), element("code", show_value(value))] for key, value in entries.items()]
    if settings.get("data_digest"):
        rows.append(["SHA-256 of the compared samples", element("code", show_value(settings["data_digest"]))])
    rows += [[f"SHA-256 of {name}", element("code", digest)] for name, digest in files.items()]
    return rows


def show_value(value: Any) -> str:
    """A setting as text."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
