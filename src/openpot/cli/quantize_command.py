"""``openpot quantize``: from a model file and data to an INT8 model on disk, with the evidence on standard output."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from openpot.cli.exit_codes import readable_errors
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
from openpot.cli.messages import messages_on_stderr
from openpot.cli.model_option import Untrusted
from openpot.cli.output_folders import RunFolder
from openpot.cli.workers_option import WorkersAddress
from openpot.report.definitions import DROP, OUTPUT_ERROR

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
    typer.Option(help="Share of --data that is held out for the metric. Default: 0.5; 0 for none."),
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
        from openpot.cli.quantize_run import run_with_options

        images = collect_image_choices(layout, channel_order, mean, scale, resize, letterbox, input_shape)
        run_with_options(images, context)
