"""``openpot sensitivity``: which layers lose most in INT8."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from openpot.cli.data_option import AsJson, Data, Debug, open_data_of_option
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
from openpot.cli.messages import messages_on_stderr, write_record
from openpot.cli.model_option import Untrusted, read_model_of_option
from openpot.cli.workers_option import WorkersAddress, connected_executor
from openpot.progress_display import progress_on


def sensitivity_command(  # noqa: PLR0913  as many parameters as the command has options
    model: Annotated[Path, typer.Argument(help="The float model.")],
    data: Data = None,
    subset_size: Annotated[int, typer.Option(help="How many samples calibrate at most.")] = 300,
    preset: Annotated[str, typer.Option(help="performance, mixed or accuracy.")] = "performance",
    target_device: Annotated[str, typer.Option(help="Device that would be quantized for.")] = "CPU",
    ignored: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Operation to keep in float.")] = None,
    seed: Annotated[int, typer.Option(help="Of the random choice of the samples that calibrate.")] = 0,
    layout: Layout = None,
    channel_order: ChannelOrderName = None,
    mean: Mean = None,
    scale: Scale = None,
    resize: ResizeName = None,
    letterbox: Letterbox = None,
    input_shape: InputShape = None,
    workers: WorkersAddress = None,
    untrusted: Untrusted = False,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Find the layers that lose most in INT8, as in ``openpot sensitivity net.onnx --data images/``.

    Each layer is quantized alone, and all others without it, in one compiled graph.
    Exit codes: 0 done, 2 usage, 4 data, 5 model, 6 files, 130 interrupted.
    """
    with readable_errors(debug), messages_on_stderr(debug), progress_on(sys.stderr) as progress:
        from openpot.api.sensitivity import sensitivity

        images = collect_image_choices(layout, channel_order, mean, scale, resize, letterbox, input_shape)
        network = read_model_of_option(model, untrusted)
        loader = open_data_of_option(data, network, subset_size, images)
        choices: dict[str, Any] = {
            "preset": preset,
            "target_device": target_device,
            "subset_size": subset_size,
            "seed": seed,
        }
        with connected_executor(workers) as choices["executor"]:
            result = sensitivity(network, loader, ignored_scope=list(ignored or []), progress=progress, **choices)
        write_record(result, model, as_json)
