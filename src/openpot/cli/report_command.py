"""``openpot report``: the report of a run once more, from its record."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from openpot.atomic_files import write_text
from openpot.cli.exit_codes import readable_errors
from openpot.report.page.document import render_page
from openpot.report.run_record import read_run
from openpot.report.save_result import REPORT


def report_command(
    run: Annotated[Path, typer.Argument(help="Output folder of openpot quantize, with its run.json.")],
    output: Annotated[Path | None, typer.Option(help="File to write. Default: report.html in the folder.")] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error came from.")] = False,
) -> None:
    """Write the report of a finished run again, as in ``openpot report int8/``.

    Exit codes: 0 done, 2 usage, 6 files.
    """
    with readable_errors(debug):
        record = read_run(run)
        folder = run if run.is_dir() else run.parent
        typer.echo(write_text(output or folder / REPORT, render_page(record)))
