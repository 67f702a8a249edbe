"""The model of a command: read here, or in a process of its own if it is not trusted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

if TYPE_CHECKING:
    from openpot.graph.types import Model

Untrusted: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--untrusted",
        help="Read model files in a process of its own, with limits of memory and time, without a network (Linux).",
    ),
]


def read_model_of_option(path: Path, untrusted: bool) -> Model:
    """The model of a file.

    Raises:
        OpenPotError: as :func:`openpot.graph.read.read_model` and :func:`openpot.read_untrusted`.
    """
    from openpot.graph.read import read_model
    from openpot.graph.read_untrusted import read_untrusted

    return read_untrusted(path) if untrusted else read_model(path)
