"""``openpot convert-config``: a configuration written for POT in openpot's own words."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from openpot.atomic_files import write_text
from openpot.cli.exit_codes import readable_errors
from openpot.cli.messages import messages_on_stderr, write_message, write_result
from openpot.errors import FileError

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
        from openpot.config.config_file import read_config_file
        from openpot.config.config_text import format_config
        from openpot.config.run import parse_run
        from openpot.job.convert import convert
        from openpot.job.grey_images import takes_grey
        from openpot.job.known_names import collect_known_names

        if new.exists() and not force:
            raise FileError(f"{new} is there already: name another file, or say --force")
        known = collect_known_names()
        run = parse_run(read_config_file(old), known)
        result = convert(run, takes_grey(run))
        write_text(new, format_config(result.content, new.suffix))
        for note in result.notes:
            write_message(f"note: {note}")
        write_result(f"{new}")
