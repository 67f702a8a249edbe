"""``openpot convert-config``: a configuration written for POT in openpot's own words."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from openpot.atomic_files import write_text
from openpot.cli.exit_codes import readable_errors
from openpot.cli.messages import messages_on_stderr, write_message, write_result
from openpot.config.config_file import read_config_file
from openpot.config.config_text import format_config
from openpot.config.engine_section import SimplifiedEngineConfig
from openpot.config.run import RunConfig, parse_run
from openpot.data.image_folder import find_image_input
from openpot.data.simplified_images import find_channels
from openpot.errors import FileError
from openpot.graph.read import read_model
from openpot.inference.input_layouts import list_declared_layouts
from openpot.inference.model_inputs import describe_inputs
from openpot.job.convert import convert
from openpot.job.known_names import collect_known_names

OldFile: TypeAlias = Annotated[Path, typer.Argument(metavar="OLD", help="POT's configuration: .json, .yaml or .toml.")]
NewFile: TypeAlias = Annotated[Path, typer.Argument(metavar="NEW", help="What to write: .json, .yaml or .toml.")]
Force: TypeAlias = Annotated[bool, typer.Option("--force", help="Write over a file that is there.")]
Debug: TypeAlias = Annotated[bool, typer.Option("--debug", help="Show log messages, and where an error came from.")]


def convert_config_command(old: OldFile, new: NewFile, force: Force = False, debug: Debug = False) -> None:
    """Write the configuration OLD of POT as NEW, which does the same in today's words; `pot -c NEW` runs it.

    As in ``openpot convert-config old.json new.yaml``.

    Exit codes: 0 done, 2 the configuration cannot be read or converted, 6 files.
    """
    with readable_errors(debug), messages_on_stderr(debug):
        if new.exists() and not force:
            raise FileError(f"{new} is there already: name another file, or say --force")
        known = collect_known_names()
        run = parse_run(read_config_file(old), known)
        result = convert(run, takes_grey(run))
        write_text(new, format_config(result.content, new.suffix))
        for note in result.notes:
            write_message(f"note: {note}")
        write_result(f"{new}")


def takes_grey(run: RunConfig) -> bool:
    """Whether images of one channel are meant; False where the model is not there to be looked at."""
    engine, path = run.engine, run.model.model
    if not isinstance(engine, SimplifiedEngineConfig) or path is None or not path.exists():
        return False
    model = read_model(path, run.model.weights)
    given = find_image_input(describe_inputs(model))
    return find_channels(given, engine.layout or list_declared_layouts(model).get(given.name)) == 1
