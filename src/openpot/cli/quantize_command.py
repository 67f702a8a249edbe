"""``openpot quantize``: from a model file and data to an INT8 model on disk, with the evidence on standard output."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from openpot.api.examine import examine as look_closer
from openpot.api.quantize import plan_only, quantize
from openpot.api.split_data import DEFAULT_SHARE
from openpot.cli.checked_choices import PLAN_CHOICES, RUN_CHOICES, check_choices, collect_choices, read_for
from openpot.cli.data_option import open_data_of_option
from openpot.cli.exit_codes import NOT_TO_BE_USED, TARGET_NOT_MET, interrupts_say, readable_errors
from openpot.cli.given_command import list_given_words
from openpot.cli.image_options import (
    ChannelOrderName,
    InputShape,
    Layout,
    Letterbox,
    Mean,
    ResizeName,
    Scale,
    collect_image_choices,
)
from openpot.cli.messages import messages_on_stderr, warnings_unless_reported, write_message, write_result
from openpot.cli.metric_option import add_annotations_of_option
from openpot.cli.model_option import Untrusted, read_model_of_option
from openpot.cli.output_folders import RunFolder, output_folders, require_source_stays
from openpot.cli.workers_option import WorkersAddress, connected_executor
from openpot.data.image_folder import ImageLoader
from openpot.data.image_view import write_view
from openpot.progress_display import progress_on
from openpot.report.as_text import render_plan
from openpot.report.definitions import DROP, OUTPUT_ERROR
from openpot.report.records import Status
from openpot.report.save_result import REPORT
from openpot.rescued_save import save_or_rescue

if TYPE_CHECKING:
    from openpot.graph.types import Model
    from openpot.report.compression_result import CompressionResult
    from openpot.report.quantization_result import QuantizationResult
    from openpot.typing_aliases import JSONValue

ModelPath: TypeAlias = Annotated[
    Path, typer.Argument(help="Model: .xml, .onnx, .tflite, .pdmodel, .pb, or the folder of a SavedModel.")
]
Data: TypeAlias = Annotated[
    str | None, typer.Option(help="What calibrates: folder of images, .npz, .npy or module:callable.")
]
Output: TypeAlias = Annotated[
    Path | None, typer.Option(help="Folder for model.xml, model.bin, run.json and report.html. Default: NAME-int8.")
]
Preset: TypeAlias = Annotated[
    str,
    typer.Option(
        help="performance (symmetric), mixed (asymmetric activations) or accuracy. On the CPU all give the same: zero "
        "points of activations cost nothing there, and weights are symmetric."
    ),
]
SubsetSize: TypeAlias = Annotated[int, typer.Option(help="How many samples calibrate at most.")]
EarlyStop: TypeAlias = Annotated[bool, typer.Option(help="Calibrate on fewer samples if the ranges have converged.")]
TargetDevice: TypeAlias = Annotated[str, typer.Option(help="Device that the INT8 model is for.")]
Ignored: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME",
        help="Operation to keep in float: NAME, re:PATTERN (a regular expression) or type:TYPE; may be repeated.",
    ),
]
Seed: TypeAlias = Annotated[int, typer.Option(help="Of the random choice of the samples that calibrate.")]
MaxOutputError: TypeAlias = Annotated[
    float | None,
    typer.Option(
        help="Output error that is allowed; above it, layers stay in float. Default: 0.15, or more where noise of 1 % "
        f"at the inputs moves the outputs more; 0.08 of models that predict tokens. {OUTPUT_ERROR}"
    ),
]
MetricName: TypeAlias = Annotated[
    str | None, typer.Option("--metric", help="What is measured before and after: accuracy,k=5 or module:callable.")
]
Annotations: TypeAlias = Annotated[
    str | None, typer.Option(help="Of images: folders, or a file of lines 'name label'; of an archive: its array.")
]
ValidationData: TypeAlias = Annotated[
    str | None,
    typer.Option(help="What the metric is measured on, in the forms of --data. Default: a part of --data is held out."),
]
ValidationShare: TypeAlias = Annotated[
    float | None,
    typer.Option(help=f"Share of --data that is held out for the metric. Default: {DEFAULT_SHARE}; 0 for none."),
]
HigherIsBetter: TypeAlias = Annotated[
    bool | None,
    typer.Option("--higher-is-better/--lower-is-better", help="Of a function as --metric: which values are better."),
]
MaxDrop: TypeAlias = Annotated[
    float | None, typer.Option(help=f"What the metric may lose; operations stay in float until it is kept. {DROP}")
]
OptimizeFor: TypeAlias = Annotated[
    str | None,
    typer.Option(help="latency: the fastest model within the output error, by times measured on this machine."),
]
MaxLatency: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="MS", help="Latency to reach with as little error as will do: milliseconds, or 0.5x of FP32's."
    ),
]
MinSpeedup: TypeAlias = Annotated[
    float | None, typer.Option(help="The same, as how many times faster than FP32 it should be.")
]
Times: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="Measured times: read if the file is there, else written. Same times, same model."
    ),
]
SampleTimeout: TypeAlias = Annotated[
    float | None, typer.Option(help="Seconds after which a sample that is being loaded is given up. Default: no limit.")
]
DropType: TypeAlias = Annotated[str, typer.Option(help="How --max-drop is meant: absolute or relative.")]
Timing: TypeAlias = Annotated[bool, typer.Option(help="Time both models: some six seconds.")]
Examine: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--examine",
        help="Look closer at the result for its report: histograms, clipped values, errors and times of layers, worst "
        "samples. Takes about as long again; openpot report RUN --examine does it later.",
    ),
]
AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]
DryRun: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--dry-run",
        help="Print the plan. With images as --data, write one as the network will see it: NAME-input.png.",
    ),
]
Debug: TypeAlias = Annotated[bool, typer.Option("--debug", help="Show log messages, and where an error came from.")]


def quantize_command(  # noqa: PLR0913  as many parameters as the command has options
    context: typer.Context,
    model: ModelPath,
    data: Data = None,
    output: Output = None,
    preset: Preset = "performance",
    subset_size: SubsetSize = 300,
    target_device: TargetDevice = "CPU",
    ignored: Ignored = None,
    seed: Seed = 0,
    max_output_error: MaxOutputError = None,
    early_stop: EarlyStop = True,
    metric: MetricName = None,
    higher_is_better: HigherIsBetter = None,
    annotations: Annotations = None,
    validation_data: ValidationData = None,
    validation_share: ValidationShare = None,
    max_drop: MaxDrop = None,
    drop_type: DropType = "absolute",
    optimize_for: OptimizeFor = None,
    max_latency: MaxLatency = None,
    min_speedup: MinSpeedup = None,
    times: Times = None,
    timing: Timing = True,
    examine: Examine = False,
    layout: Layout = None,
    channel_order: ChannelOrderName = None,
    mean: Mean = None,
    scale: Scale = None,
    resize: ResizeName = None,
    letterbox: Letterbox = None,
    input_shape: InputShape = None,
    run_folder: RunFolder = None,
    workers: WorkersAddress = None,
    sample_timeout: SampleTimeout = None,
    untrusted: Untrusted = False,
    as_json: AsJson = False,
    dry_run: DryRun = False,
    debug: Debug = False,
) -> None:
    """Quantize MODEL to INT8, as in ``openpot quantize net.onnx --data images/``, and show what that did to it.

    Exit codes: 0 done, 2 usage, 3 nothing could be quantized, or --max-drop, --max-output-error or the latency is not
    met, 4 data, 5 model, 6 files, 7 the device computes the result wrongly: do not use it, 130 interrupted, 143 ended.
    """
    with readable_errors(debug), messages_on_stderr(debug):
        images = collect_image_choices(layout, channel_order, mean, scale, resize, letterbox, input_shape)
        if dry_run:
            return print_plan(images, collect_choices(context.params, PLAN_CHOICES), context)
        show_result(*quantize_and_save(output or Path(f"{model.stem}-int8"), images, context), as_json)


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


def print_plan(images: dict[str, Any], choices: dict[str, Any], context: typer.Context) -> None:
    """Print what would be quantized; with images as data, write one of them as the network will see it."""
    model, data = context.params["model"], context.params["data"]
    network = read_model_of_option(model, context.params["untrusted"])
    plan = plan_only(network, **choices)
    write_result(json.dumps(plan.to_dict(), indent=2) if context.params["as_json"] else render_plan(plan))
    if data is None:
        return
    loader = open_data_of_option(data, network, None, images)
    if isinstance(loader, ImageLoader):
        write_message(write_view(loader, Path(f"{model.stem}-input.png")))


def save_whole(result: QuantizationResult | CompressionResult, folder: Path) -> None:
    """Save a result; an interrupt meanwhile says what lies there."""
    with interrupts_say(f"while saving: {str(folder)!r} holds the whole model of before, or the whole new one"):
        save_or_rescue(result.save, folder)


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
