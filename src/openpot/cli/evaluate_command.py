"""``openpot evaluate``: a metric of a model."""

from __future__ import annotations

import sys
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
from openpot.errors import ConfigError
from openpot.progress_display import progress_on


def evaluate_command(  # noqa: PLR0913  as many parameters as the command has options
    model: Annotated[Path, typer.Argument(help="Model, float or quantized.")],
    data: Data = None,
    metric: Annotated[str | None, typer.Option(help="What is measured: accuracy,k=5 or module:callable.")] = None,
    annotations: Annotated[
        str | None, typer.Option(help="Of images: folders, or a file of lines 'name label'; of an archive: its array.")
    ] = None,
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
    """Measure a metric of a model, as in ``openpot evaluate int8/model.xml --data val.npz --metric accuracy``.

    The value comes with its 95 % interval (bootstrap over samples).
    Exit codes: 0 done, 2 usage, 4 data or metric, 5 model, 6 files, 130 interrupted.
    """
    with readable_errors(debug), messages_on_stderr(debug), progress_on(sys.stderr) as progress:
        from openpot.api.evaluate import evaluate
        from openpot.cli.metric_option import add_annotations_of_option, make_metric_of_option

        images = collect_image_choices(layout, channel_order, mean, scale, resize, letterbox, input_shape)
        if metric is None:
            raise ConfigError("--metric is missing: give a name such as accuracy, or module:callable")
        network = read_model_of_option(model, untrusted)
        loader = add_annotations_of_option(open_data_of_option(data, network, None, images), annotations)
        result = evaluate(network, loader, make_metric_of_option(metric), progress=progress)
        write_record(result, model, as_json)
