"""What ``openpot quantize`` does once its options are read: from the files to the saved result and what is printed."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from openpot.api.examine import examine as look_closer
from openpot.api.quantize import plan_only, quantize
from openpot.cli.checked_choices import PLAN_CHOICES, RUN_CHOICES, check_choices, collect_choices, read_for
from openpot.cli.data_option import open_data_of_option
from openpot.cli.exit_codes import NOT_TO_BE_USED, TARGET_NOT_MET, interrupts_say
from openpot.cli.given_command import list_given_words
from openpot.cli.messages import warnings_unless_reported, write_message, write_result
from openpot.cli.metric_option import add_annotations_of_option
from openpot.cli.model_option import read_model_of_option
from openpot.cli.output_folders import output_folders, require_source_stays, save_whole
from openpot.cli.workers_option import connected_executor
from openpot.data.image_folder import ImageLoader
from openpot.data.image_view import write_view
from openpot.progress_display import progress_on
from openpot.report.as_text import render_plan
from openpot.report.records import Status
from openpot.saved_files import REPORT

if TYPE_CHECKING:
    from openpot.graph.types import Model
    from openpot.report.quantization_result import QuantizationResult
    from openpot.typing_aliases import JSONValue


def run_with_options(images: dict[str, Any], context: typer.Context) -> None:
    """Do what the options say, and print what came of it.

    Args:
        images: what the options say about image files.
        context: has all options.

    Raises:
        typer.Exit: the result is not what was asked for.
    """
    if context.params["dry_run"]:
        return print_plan(images, context)
    output = context.params["output"] or Path(f"{context.params['model'].stem}-int8")
    show_result(*quantize_and_save(output, images, context), context.params["as_json"])


def quantize_and_save(output: Path, images: dict[str, Any], context: typer.Context) -> tuple[QuantizationResult, Path]:
    """The result, and the folder that it was saved in."""
    choices = collect_choices(context.params, RUN_CHOICES)
    config = check_choices(context.params["data"], context.params["annotations"], choices)
    require_source_stays(context.params["model"], output)
    with output_folders(output, context.params["run_folder"]) as (folder, choices["run_folder"]):
        network = read_for(folder, context.params["model"], config, context.params["untrusted"])
        result = quantize_data(network, images, choices, context)
        save_whole(result, folder)
    return result, folder


def print_plan(images: dict[str, Any], context: typer.Context) -> None:
    """Print what would be quantized; with images as data, write one of them as the network will see it."""
    model, data = context.params["model"], context.params["data"]
    network = read_model_of_option(model, context.params["untrusted"])
    plan = plan_only(network, **collect_choices(context.params, PLAN_CHOICES))
    write_result(json.dumps(plan.to_dict(), indent=2) if context.params["as_json"] else render_plan(plan))
    if data is None:
        return
    loader = open_data_of_option(data, network, None, images)
    if isinstance(loader, ImageLoader):
        write_message(write_view(loader, Path(f"{model.stem}-input.png")))


def show_result(result: QuantizationResult, folder: Path, as_json: bool) -> None:
    """Print the result.

    Raises:
        typer.Exit: it is not what was asked for.
    """
    where = f"saved in {folder}, report: {folder / REPORT}"
    with interrupts_say(where):
        write_result(json.dumps(result.to_dict(), indent=2) if as_json else f"{result}\n\n{where}")
    if not result.status.is_success:
        raise typer.Exit(NOT_TO_BE_USED if result.status is Status.NOT_TO_BE_USED else TARGET_NOT_MET)


def quantize_data(
    network: Model, images: dict[str, Any], choices: dict[str, Any], context: typer.Context
) -> QuantizationResult:
    """Quantize the model on the data that the options name; the validation data, if there are any, validate."""
    data, held_out, annotations = (context.params[name] for name in ("data", "validation_data", "annotations"))
    is_measured = choices["metric"] is not None
    wanted = None if is_measured else choices["subset_size"]
    loader = open_data_of_option(data, network, wanted, images, warns=False)  # the run warns itself
    validation = None if held_out is None else open_data_of_option(held_out, network, None, images, warns=False)
    if is_measured and (validation is None or choices["max_drop"] is not None):
        loader = add_annotations_of_option(loader, annotations)
    if is_measured and validation is not None:
        validation = add_annotations_of_option(validation, annotations)
    with (
        connected_executor(context.params["workers"]) as choices["executor"],
        progress_on(sys.stderr) as progress,
        warnings_unless_reported() as reported,
    ):
        result = quantize(network, loader, validation_data=validation, progress=progress, **choices)
        if context.params["examine"]:
            result = look_closer(result, network, loader)
        reported.update(() if context.params["as_json"] else result.warnings)  # the text has them
    command: JSONValue = [*list_given_words(context)]
    settings = {**result.settings, "model": str(context.params["model"]), "command": command}
    return replace(result, settings=settings)
