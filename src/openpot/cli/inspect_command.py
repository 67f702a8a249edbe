"""``openpot inspect``: what a model consists of and what could be quantized."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from openpot.cli.data_option import AsJson, Debug
from openpot.cli.exit_codes import readable_errors
from openpot.cli.messages import messages_on_stderr, write_record
from openpot.cli.model_option import Untrusted, read_model_of_option

if TYPE_CHECKING:
    from openpot.api.quantize_arguments import TargetDevice


def inspect_command(
    model: Annotated[Path, typer.Argument(help="Model: .xml, .onnx, .tflite, .pdmodel, .pb, or a SavedModel.")],
    target_device: Annotated[str, typer.Option(help="Device that would be quantized for.")] = "CPU",
    untrusted: Untrusted = False,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Show what a model consists of and what could be quantized, as in ``openpot inspect net.onnx``.

    Exit codes: 0 done, 2 usage, 5 model, 6 files.
    """
    with readable_errors(debug), messages_on_stderr(debug):
        from openpot.api.inspect import inspect

        device = cast("TargetDevice", target_device)  # an unknown one is refused there
        write_record(inspect(read_model_of_option(model, untrusted), target_device=device), model, as_json)
