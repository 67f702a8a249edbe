"""``openpot benchmark``: how fast a model is, or two of them in turns."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

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
from openpot.progress_display import progress_on


def benchmark_command(  # noqa: PLR0913  as many parameters as the command has options
    model: Annotated[Path, typer.Argument(help="The model, such as the float one.")],
    other: Annotated[Path | None, typer.Argument(help="A second model, such as the INT8 one.")] = None,
    data: Data = None,
    seconds: Annotated[float, typer.Option(help="About how long to measure.")] = 10.0,
    device: Annotated[str, typer.Option(help="Where to run.")] = "CPU",
    layout: Layout = None,
    channel_order: ChannelOrderName = None,
    mean: Mean = None,
    scale: Scale = None,
    resize: ResizeName = None,
    letterbox: Letterbox = None,
    input_shape: InputShape = None,
    untrusted: Untrusted = False,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Time models in turns, as in ``openpot benchmark net.onnx int8/model.xml --data images/``.

    MODEL runs in exact f32 and in the device's default precision, OTHER as users run it; layers are timed by OpenVINO's
    own counters. Without --data inputs are made up, where no size is open.
    Exit codes: 0 done, 2 usage, 4 data, 5 model, 6 files, 130 interrupted.
    """
    with readable_errors(debug), messages_on_stderr(debug), progress_on(sys.stderr) as progress:
        from openpot.api.benchmark import benchmark

        images = collect_image_choices(layout, channel_order, mean, scale, resize, letterbox, input_shape)
        network = read_model_of_option(model, untrusted)
        second = None if other is None else read_model_of_option(other, untrusted)
        loader = None if data is None else open_data_of_option(data, network, None, images)
        result = benchmark(network, second, loader, device=device, seconds=seconds, progress=progress)
        write_record(replace(result, other=None if other is None else str(other)), model, as_json)
