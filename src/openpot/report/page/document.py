"""The report of a run as one HTML file: no script, no network, readable on a telephone and on paper."""

from __future__ import annotations

from collections.abc import Mapping

from openpot.report.page.curve import build_curve
from openpot.report.page.details import build_layers, build_output_errors, build_settings
from openpot.report.page.first_screen import (
    build_figures_table,
    build_first_screen,
    build_next_steps,
    build_verdict,
    build_warnings,
)
from openpot.report.page.histograms import build_tensors
from openpot.report.page.latency_curve import build_latency_curve
from openpot.report.page.layer_figures import build_layer_figures
from openpot.report.page.markup import Content, element, write_fragment
from openpot.report.page.samples import build_inputs, build_worst_samples
from openpot.report.page.whole_page import write_page
from openpot.report.run_record import RunRecord, parse_run_record
from openpot.typing_aliases import JSONValue


def render_content(content: Mapping[str, JSONValue]) -> str:
    """The whole page, from the content of a ``run.json``."""
    return render_page(parse_run_record(content))


def render_page(run: RunRecord) -> str:
    """The whole page, from the record alone."""
    return write_page(str(run.settings.get("model", "model")), [*build_first_screen(run), *build_details(run)])


def build_details(run: RunRecord) -> list[Content]:
    """What stands below the first screen; tensors and samples only where a closer look was asked for."""
    looked_at = run.examination
    return [
        build_latency_curve(run.curve),
        build_curve(run),
        build_layers(run),
        build_layer_figures(run),
        build_tensors(() if looked_at is None else looked_at.tensors),
        build_output_errors(run),
        build_worst_samples(() if looked_at is None else looked_at.worst_samples),
        build_inputs(() if looked_at is None else looked_at.inputs),
        build_settings(run),
    ]


def render_summary(run: RunRecord) -> str:
    """The top of the page without charts, as a piece of HTML for notebooks."""
    parts = (build_verdict(run), build_warnings(run), build_next_steps(run), build_figures_table(run))
    return write_fragment(element("div", *parts))
