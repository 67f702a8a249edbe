"""``openpot compress``: from a model file to one with weights of a few bits on disk, and what is known about it."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from openpot.cli.exit_codes import TARGET_NOT_MET, interrupts_say, readable_errors
from openpot.cli.messages import messages_on_stderr, write_result
from openpot.cli.model_option import Untrusted, read_model_of_option
from openpot.cli.output_folders import RunFolder, output_folders, require_source_stays, save_whole
from openpot.cli.quantize_command import AsJson, Debug, Ignored, ModelPath, SampleTimeout
from openpot.progress_display import progress_on
from openpot.saved_files import STEM

if TYPE_CHECKING:
    from openpot.config.weight_compression import GroupSize
    from openpot.report.compression_result import CompressionResult

Output: TypeAlias = Annotated[
    Path | None, typer.Option(help="Folder for model.xml, model.bin, report.html and run.json. Default: NAME-FORMAT.")
]
WeightFormatName: TypeAlias = Annotated[
    str | None,
    typer.Option(
        help="Of the layers: int8_asym (default), int8_sym, int4_asym, int4_sym, int2_asym, nf4, mxfp4 or fp8_e4m3."
    ),
]
TableFormat: TypeAlias = Annotated[
    str | None, typer.Option(help="Of embeddings and of the last product. Default: int8_asym, or that of the layers.")
]
GroupSizeText: TypeAlias = Annotated[
    str | None, typer.Option(help="Weights that share a scale: a number, channel, or auto (64 below 8 bits).")
]
MaxSize: TypeAlias = Annotated[
    str | None,
    typer.Option(help="'4.5 bits' of each weight or '85 MB' in all: formats are then chosen by what the outputs lose."),
]
MaxOutputError: TypeAlias = Annotated[
    float | None, typer.Option(help="Largest loss on held-out samples: formats are then chosen for the smallest model.")
]
Data: TypeAlias = Annotated[
    str | None, typer.Option(help="What chooses codes and judges: .npz, .npy or module:callable. Default: none.")
]
DynamicQuantization: TypeAlias = Annotated[
    bool | None,
    typer.Option(help="Whether the runtime may quantize data while it runs. Default: unless that doubles the loss."),
]
SubsetSize: TypeAlias = Annotated[int, typer.Option(help="How many samples are used at most.")]
Seed: TypeAlias = Annotated[int, typer.Option(help="Of the draw of the samples.")]
MinAgreement: TypeAlias = Annotated[
    float, typer.Option(help="Share of equal first tokens below which the result is not done (exit code 3).")
]

DEFAULT_FORMAT = "int8_asym"


def compress_command(  # noqa: PLR0913  as many parameters as the command has options
    model: ModelPath,
    data: Data = None,
    output: Output = None,
    weight_format: WeightFormatName = None,
    group_size: GroupSizeText = None,
    table_format: TableFormat = None,
    max_size: MaxSize = None,
    max_output_error: MaxOutputError = None,
    dynamic_quantization: DynamicQuantization = None,
    ignored: Ignored = None,
    subset_size: SubsetSize = 80,
    seed: Seed = 0,
    min_agreement: MinAgreement = 0.5,
    run_folder: RunFolder = None,
    sample_timeout: SampleTimeout = None,
    untrusted: Untrusted = False,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Store the weights of MODEL in a few bits, as in ``openpot compress net.xml``; it still computes in float.

    Exit codes: 0 done, 2 usage, 3 too much is lost, 4 data, 5 model, 6 files, 130 interrupted, 143 ended.
    """
    formats = state_formats(weight_format, group_size, table_format, max_size, max_output_error)
    others = {"dynamic_quantization": dynamic_quantization, "subset_size": subset_size, "seed": seed}
    choices = {**formats, **others, "min_agreement": min_agreement}
    with readable_errors(debug), messages_on_stderr(debug):
        from openpot.api.compress_weights import validated
        from openpot.data.watched_samples import check_sample_timeout
        from openpot.report.exported_files import find_exported_files

        validated(choices, scope := list(ignored or []))  # before any file is read
        choices["sample_timeout"] = check_sample_timeout(sample_timeout)
        named = output or Path(f"{model.stem}-{weight_format or name_of_result(formats)}")
        exported = find_exported_files(model)
        require_source_stays(model, named, STEM if exported is None else exported.stem)
        with output_folders(named, run_folder) as (folder, choices["run_folder"]):
            result = compress_file(model, untrusted, data, {**choices, "ignored_scope": scope})
            result = replace(result, exported=exported)
            save_whole(result, folder)
        with interrupts_say(f"saved in {folder}"):
            write_result(json.dumps(result.to_dict(), indent=2) if as_json else f"{result}\n\nsaved in {folder}")
        if not result.status.is_success:
            raise typer.Exit(TARGET_NOT_MET)


def compress_file(path: Path, untrusted: bool, data: str | None, choices: Mapping[str, Any]) -> CompressionResult:
    """Compress the weights of the model in a file; the result has the name that the user knows."""
    from openpot.api.compress_weights import compress_weights

    network = read_model_of_option(path, untrusted)
    with progress_on(sys.stderr) as progress:
        result = compress_weights(network, data, progress=progress, **choices)
    return replace(result, settings={**result.settings, "model": str(path)})


def state_formats(
    weight_format: str | None,
    group_size: str | None,
    table_format: str | None,
    max_size: str | None,
    max_output_error: float | None,
) -> dict[str, Any]:
    """The arguments about formats that were given."""
    stated = {
        "weight_format": weight_format,
        "group_size": None if group_size is None else group_size_of(group_size),
        "table_format": table_format,
        "max_size": max_size,
        "max_output_error": max_output_error,
    }
    return {name: value for name, value in stated.items() if value is not None}


def name_of_result(formats: Mapping[str, Any]) -> str:
    """What the folder of a result is called after where no format was given."""
    return "small" if {"max_size", "max_output_error"} & set(formats) else DEFAULT_FORMAT


def group_size_of(text: str) -> GroupSize:
    """The group size of an option; what is no number is checked with the other arguments."""
    return int(text) if text.lstrip("-").isdecimal() else text  # type: ignore[return-value]
