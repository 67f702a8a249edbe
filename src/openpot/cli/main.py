"""The ``openpot`` command: one function for each sub-command, each in a file of its own."""

from __future__ import annotations

from typing import Annotated

import typer

from openpot.cli.benchmark_command import benchmark_command
from openpot.cli.compare_command import compare_command
from openpot.cli.compress_command import compress_command
from openpot.cli.convert_config_command import convert_config_command
from openpot.cli.doctor_command import doctor_command
from openpot.cli.evaluate_command import evaluate_command
from openpot.cli.exit_codes import end_on_sigterm
from openpot.cli.inspect_command import inspect_command
from openpot.cli.messages import write_result
from openpot.cli.quantize_command import quantize_command
from openpot.cli.report_command import report_command
from openpot.cli.sensitivity_command import sensitivity_command
from openpot.cli.verify_command import verify_command

app = typer.Typer(
    name="openpot",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def print_version(is_asked: bool) -> None:
    """Print the version and end."""
    if is_asked:
        from openpot.installed_version import __version__

        write_result(__version__)
        raise typer.Exit


@app.callback()
def openpot_command(
    version: Annotated[
        bool, typer.Option("--version", callback=print_version, is_eager=True, help="Show the version and end.")
    ] = False,
) -> None:
    """Make trained networks smaller and faster, and show what that did to them."""


app.command("quantize")(quantize_command)
app.command("compress")(compress_command)
app.command("inspect")(inspect_command)
app.command("compare")(compare_command)
app.command("evaluate")(evaluate_command)
app.command("benchmark")(benchmark_command)
app.command("sensitivity")(sensitivity_command)
app.command("report")(report_command)
app.command("verify")(verify_command)
app.command("doctor")(doctor_command)
app.command("convert-config")(convert_config_command)


def main() -> None:
    """Run the command line; the process ends with a documented exit code."""
    end_on_sigterm()
    app()
