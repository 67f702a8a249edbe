"""The report of a run as one HTML file: no script, no network, readable on a telephone and on paper."""

from __future__ import annotations

from collections.abc import Mapping

from openpot.report.page.details import build_layers, build_output_errors, build_settings
from openpot.report.page.first_screen import build_first_screen
from openpot.report.page.markup import element, write_document
from openpot.report.page.style import STYLE
from openpot.report.run_record import RunRecord, parse_run_record
from openpot.typing_aliases import JSONValue

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""The browser itself is told to run no script and to load nothing."""


def render_content(content: Mapping[str, JSONValue]) -> str:
    """The whole page, from the content of a ``run.json``."""
    return render_page(parse_run_record(content))


def render_page(run: RunRecord) -> str:
    """The whole page, from the record alone."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", f"openpot: {run.settings.get('model', 'model')}"),
        element("style", STYLE),
    )
    details = (build_layers(run), build_output_errors(run), build_settings(run))
    return write_document(head, element("body", element("main", *build_first_screen(run), *details)))
