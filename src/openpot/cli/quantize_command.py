"""``openpot quantize``: from a model file and data to an INT8 model on disk, with the evidence on standard output."""

from __future__ import annotations

import json
import logging
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from openpot.atomic_files import ensure_writable_folder
from openpot.cli.exit_codes import readable_errors
from openpot.cli.progress_display import progress_on
from openpot.errors import ConfigError, OpenPotWarning
from openpot.log import package_logger
from openpot.quantize import plan_only, quantize
from openpot.report.as_json import plan_as_json
from openpot.report.as_text import plan_as_text
from openpot.report.records import Status

NOTHING_QUANTIZED = 3


def quantize_command(  # noqa: PLR0913  a command has as many parameters as options
    model: Annotated[
        Path, typer.Argument(help="Model file: .xml, .onnx, .tflite, .pdmodel, .pb, or a SavedModel folder.")
    ],
    data: Annotated[
        str | None, typer.Option(help="Calibration data: folder of images, .npz archive or module:callable.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="Folder for model.xml, model.bin and run.json. Default: MODEL-int8.")
    ] = None,
    preset: Annotated[
        str, typer.Option(help="performance (symmetric), mixed (asymmetric activations) or accuracy.")
    ] = "performance",
    subset_size: Annotated[int, typer.Option(help="How many items calibrate.")] = 300,
    target_device: Annotated[str, typer.Option(help="Device that the INT8 model is for.")] = "CPU",
    ignored: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Operation to keep in float; may be repeated.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the draw of calibration items.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the plan; needs no data and writes nothing.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show log messages, and where an error came from.")] = False,
) -> None:
    """Quantize MODEL to INT8 and show what that did to it.

    Exit codes: 0 done, 2 usage, 3 nothing could be quantized, 4 data, 5 model, 6 files, 130 interrupted.
    """
    with readable_errors(debug), messages_on_stderr(debug):
        ignored_scope = list(ignored or [])
        if dry_run:
            plan = plan_only(model, preset=preset, target_device=target_device, ignored_scope=ignored_scope)
            typer.echo(json.dumps(plan_as_json(plan), indent=2) if as_json else plan_as_text(plan))
            return
        if data is None:
            raise ConfigError("--data is missing: give a folder of images, an .npz archive or module:callable")
        folder = ensure_writable_folder(output or Path(f"{model.stem}-int8"))
        with progress_on(sys.stderr) as progress:
            result = quantize(
                model,
                data,
                preset=preset,
                target_device=target_device,
                subset_size=subset_size,
                ignored_scope=ignored_scope,
                seed=seed,
                progress=progress,
            )
        result.save(folder)
        typer.echo(json.dumps(result.to_dict(), indent=2) if as_json else f"{result}\n\nsaved in {folder}")
        if result.status is Status.NOTHING_QUANTIZED:
            raise typer.Exit(NOTHING_QUANTIZED)


@contextmanager
def messages_on_stderr(debug: bool) -> Iterator[None]:
    """Log messages and warnings of the package as plain lines on standard error, for the time of a command."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(levelname)s: %(message)s"))
    logger, level = package_logger(), package_logger().level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG if debug else logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always", OpenPotWarning)
            warnings.showwarning = show_warning
            yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


def show_warning(message: Warning | str, *_: object, **__: object) -> None:
    """A warning without the place in the source."""
    typer.echo(f"warning: {message}", err=True)
