"""``openpot compare``: two models on the same data."""

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


def compare_command(  # noqa: PLR0913  as many parameters as the command has options
    model: Annotated[Path, typer.Argument(help="The reference, such as the float model.")],
    other: Annotated[Path, typer.Argument(help="The model in question, such as the INT8 one.")],
    data: Data = None,
    subset_size: Annotated[int, typer.Option(help="How many samples are compared at most.")] = 64,
    timing: Annotated[bool, typer.Option(help="Time both models in turns.")] = True,
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
    """Compare two models on the same data, as in ``openpot compare net.onnx int8/model.xml --data images/``.

    Shows how far outputs and layers are apart, what each layer is computed in, and how much faster the second model is.
    Exit codes: 0 done, 2 usage, 4 data, 5 model, 6 files, 130 interrupted.
    """
    with readable_errors(debug), messages_on_stderr(debug), progress_on(sys.stderr) as progress:
        from openpot.api.compare import compare

        images = collect_image_choices(layout, channel_order, mean, scale, resize, letterbox, input_shape)
        network, second = (read_model_of_option(path, untrusted) for path in (model, other))
        loader = open_data_of_option(data, network, subset_size, images)
        result = compare(
            network, second, loader, device=device, subset_size=subset_size, timing=timing, progress=progress
        )
        write_record(replace(result, other=str(other)), model, as_json)
