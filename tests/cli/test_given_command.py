"""The command as it was given."""

from pathlib import Path
from typing import Annotated

import typer
from typer.testing import CliRunner

from openpot.cli.given_command import list_given_words

app = typer.Typer()
seen = []


@app.command("work")
def work(
    context: typer.Context,
    model: Path,
    number: int = 3,
    name: Annotated[list[str] | None, typer.Option()] = None,
    fast: bool = True,
    debug: Annotated[bool, typer.Option("--debug")] = False,
) -> None:
    seen.append(list_given_words(context))


def words(*arguments):
    assert CliRunner().invoke(app, list(arguments)).exit_code == 0
    return seen.pop()


def test_defaults_are_left_out():
    assert words("net.xml") == ["openpot", "work", "net.xml"]


def test_what_was_given_is_there_in_the_same_words():
    given = ["a b.xml", "--number", "7", "--name", "x", "--name", "-y", "--no-fast", "--debug"]
    assert words(*given) == ["openpot", "work", *given]


def test_a_default_that_was_given_is_kept():
    assert words("net.xml", "--number=3") == ["openpot", "work", "net.xml", "--number", "3"]
