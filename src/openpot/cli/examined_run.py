"""A closer look at a saved run, with the model and the data that its record names unless others are given."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from openpot.api.examination_findings import add_findings
from openpot.atomic_files import write_text
from openpot.cli.image_options import collect_image_choices
from openpot.data.source import open_data
from openpot.errors import ConfigError, MissingFileError
from openpot.examination.examine import examine_result
from openpot.graph.read import read_model
from openpot.inference.model_inputs import describe_inputs
from openpot.inference.streams import ensure_sequences
from openpot.report.as_json import to_json_value
from openpot.report.run_record import RunRecord, read_run
from openpot.saved_files import RUN_RECORD, STEM

_IMAGE_OPTIONS = ("layout", "channel_order", "mean", "scale", "resize", "letterbox", "input_shape")


def examine_run(folder: Path, data: str | None, model: Path | None) -> RunRecord:
    """Look closer at the saved result, and write what was found into its record.

    Args:
        folder: output folder of ``openpot quantize``.
        data: samples, as ``--data`` takes them; None for those of the command in the record.
        model: the float model; None for that of the record.

    Raises:
        ConfigError: no data are named, here or in the record.
        MissingFileError: the float model is not where it was.
        FileError: the record cannot be read or written.
    """
    run = read_run(folder)
    command = run.settings.get("command")
    words = [str(word) for word in command] if isinstance(command, list) else []
    origin = data or find_option(words, "data")
    if origin is None:
        raise ConfigError("--examine needs samples, and the record names none: give --data")
    path = model or Path(str(run.settings.get("model", "")))
    if not path.exists():
        raise MissingFileError(f"the float model is not at {str(path)!r} any more: give it with --model")
    source = read_model(path)
    chosen: dict[str, Any] = {name: find_option(words, name) for name in _IMAGE_OPTIONS}
    chosen["letterbox"] = None if chosen["letterbox"] is None else int(chosen["letterbox"])
    loader = ensure_sequences(
        source, open_data(origin, describe_inputs(source), None, **collect_image_choices(**chosen))
    )
    layers = [layer.operation for layer in run.layers]
    result = read_model(folder / f"{STEM}.xml")
    look = examine_result(source, result, loader, range(len(loader)), layers, run.plan.target_device)
    content: dict[str, Any] = json.loads((folder / RUN_RECORD).read_text(encoding="utf-8"))
    content["examination"] = to_json_value(asdict(look))
    content["findings"] = [to_json_value(asdict(finding)) for finding in add_findings(run.findings, look)]
    write_text(folder / RUN_RECORD, json.dumps(content, indent=2) + "\n")
    return read_run(folder)


def find_option(words: Sequence[str], name: str) -> str | None:
    """The value of an option in a command, the last one if it is there twice; None if it is not."""
    option = f"--{name.replace('_', '-')}"
    value = None
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word == option:
            value = following
        elif word.startswith(f"{option}="):
            value = word.partition("=")[2]
    return value
