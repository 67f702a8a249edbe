"""``openpot verify``: whether a saved result is as it was saved."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from openpot.cli.exit_codes import readable_errors
from openpot.cli.messages import write_result


def verify_command(
    folder: Annotated[Path, typer.Argument(help="Output folder of openpot quantize or compress, with its run.json.")],
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error came from.")] = False,
) -> None:
    """Check that the files of a result are those that were saved, as in ``openpot verify int8/``.

    Exit codes: 0 they are, 2 usage, 5 a file is another one, 6 a file or the record is missing.
    """
    with readable_errors(debug):
        from openpot.saved_files import verify_saved

        for name, digest in verify_saved(folder).items():
            write_result(f"{digest}  {name}")
