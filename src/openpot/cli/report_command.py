"""``openpot report``: the report of a run once more, from its record."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from openpot.atomic_files import ensure_writable_folder, write_text
from openpot.cli.exit_codes import readable_errors
from openpot.cli.messages import messages_on_stderr, write_result
from openpot.errors import ConfigError
from openpot.saved_files import REPORT

if TYPE_CHECKING:
    from openpot.report.run_record import RunRecord


def report_command(
    run: Annotated[Path, typer.Argument(help="Output folder of openpot quantize or compress.")],
    output: Annotated[Path | None, typer.Option(help="File to write. Default: report.html in the folder.")] = None,
    examine: Annotated[
        bool,
        typer.Option(
            "--examine",
            help="Look closer first: histograms, clipped values, errors and times of layers, worst samples. Takes "
            "about as long as quantizing, and writes what it finds into run.json too.",
        ),
    ] = False,
    data: Annotated[
        str | None, typer.Option(help="Samples for --examine. Default: those of the command in the record.")
    ] = None,
    model: Annotated[Path | None, typer.Option(help="The float model for --examine. Default: where it was.")] = None,
    overlay: Annotated[
        Path | None, typer.Option(help="Folder for node data of Model Explorer, a .json for each thing to colour by.")
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error came from.")] = False,
) -> None:
    """Write the report of a finished run again, as in ``openpot report int8/``.

    Exit codes: 0 done, 2 usage, 4 data, 5 model, 6 files.
    """
    with readable_errors(debug), messages_on_stderr(debug):
        from openpot.cli.examined_run import examine_run
        from openpot.report.compression_record import is_compression
        from openpot.report.page.compression import render_compression_content
        from openpot.report.page.document import render_page
        from openpot.report.run_record import read_content, read_run

        folder = run if run.is_dir() else run.parent
        if not examine and (data is not None or model is not None):
            raise ConfigError("--data and --model are for --examine: state that too, or leave them out")
        target = output or folder / REPORT
        ensure_writable_folder(target.parent)
        content, _ = read_content(run)
        if is_compression(content):
            if examine or overlay is not None:
                raise ConfigError("--examine and --overlay are for results of openpot quantize")
            write_result(write_text(target, render_compression_content(content)))
            return
        record = examine_run(folder, data, model) if examine else read_run(run)
        write_result(write_text(target, render_page(record)))
        if overlay is not None:
            write_overlays(record, overlay)


def write_overlays(record: RunRecord, folder: Path) -> None:
    """Write node data for Model Explorer, one file for each thing to colour by, and print their names."""
    from openpot.report.overlay import make_overlays

    ensure_writable_folder(folder)
    for name, content in make_overlays(record).items():
        write_result(write_text(folder / f"{name.replace(' ', '-')}.json", json.dumps(content, indent=2) + "\n"))
