"""``openpot compress``: from a model file to one with weights of a few bits on disk, and what is known about it."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from openpot.cli.exit_codes import TARGET_NOT_MET, interrupts_say, readable_errors
from openpot.cli.messages import messages_on_stderr
from openpot.cli.progress_display import progress_on
from openpot.cli.quantize_command import AsJson, Debug, Ignored, ModelPath, save_whole, writable_folder
from openpot.compress_weights import compress_weights
from openpot.config.weight_compression import GroupSize

Output: TypeAlias = Annotated[
    Path | None, typer.Option(help="Folder for model.xml, model.bin and run.json. Default: NAME-FORMAT.")
]
WeightFormatName: TypeAlias = Annotated[
    str,
    typer.Option(help="Of the layers: int8_asym, int8_sym, int4_asym, int4_sym, int2_asym, nf4, mxfp4 or fp8_e4m3."),
]
TableFormat: TypeAlias = Annotated[
    str | None, typer.Option(help="Of embeddings and of the last product. Default: int8_asym, or that of the layers.")
]
GroupSizeText: TypeAlias = Annotated[
    str, typer.Option(help="Weights that share a scale: a number, channel, or auto (64 below 8 bits).")
]
Data: TypeAlias = Annotated[
    str | None, typer.Option(help="What chooses codes and judges: .npz, .npy or module:callable. Default: none.")
]
DynamicQuantization: TypeAlias = Annotated[
    bool, typer.Option(help="Whether the runtime may quantize the data of compressed products while it runs.")
]
SubsetSize: TypeAlias = Annotated[int, typer.Option(help="How many samples are used at most.")]
Seed: TypeAlias = Annotated[int, typer.Option(help="Of the draw of the samples.")]
MinAgreement: TypeAlias = Annotated[
    float, typer.Option(help="Share of equal first tokens below which the result is not done (exit code 3).")
]


def compress_command(  # noqa: PLR0913  as many parameters as the command has options
    model: ModelPath,
    data: Data = None,
    output: Output = None,
    weight_format: WeightFormatName = "int8_asym",
    group_size: GroupSizeText = "auto",
    table_format: TableFormat = None,
    dynamic_quantization: DynamicQuantization = True,
    ignored: Ignored = None,
    subset_size: SubsetSize = 80,
    seed: Seed = 0,
    min_agreement: MinAgreement = 0.5,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Store the weights of MODEL in a few bits; it still computes in float.

    Exit codes: 0 done, 2 usage, 3 too much is lost, 4 data, 5 model, 6 files, 130 interrupted.
    """
    with readable_errors(debug), messages_on_stderr(debug):
        with writable_folder(output or Path(f"{model.stem}-{weight_format}")) as folder:
            with interrupts_say("nothing was written"), progress_on(sys.stderr) as progress:
                result = compress_weights(
                    model,
                    data,
                    weight_format=weight_format,
                    group_size=group_size_of(group_size),
                    table_format=table_format,
                    dynamic_quantization=dynamic_quantization,
                    ignored_scope=list(ignored or []),
                    subset_size=subset_size,
                    seed=seed,
                    min_agreement=min_agreement,
                    progress=progress,
                )
            result = replace(result, settings={**result.settings, "model": str(model)})
            save_whole(result, folder)
        with interrupts_say(f"saved in {folder}"):
            typer.echo(json.dumps(result.to_dict(), indent=2) if as_json else f"{result}\n\nsaved in {folder}")
        if not result.status.is_success:
            raise typer.Exit(TARGET_NOT_MET)


def group_size_of(text: str) -> GroupSize:
    """The group size of an option; what is no number is checked with the other arguments."""
    return int(text) if text.lstrip("-").isdecimal() else text  # type: ignore[return-value]
