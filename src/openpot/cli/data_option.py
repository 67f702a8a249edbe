"""The option of a command that names a data set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from openpot.cli.messages import write_message
from openpot.errors import ConfigError

if TYPE_CHECKING:
    from openpot.data.loader import DataLoader
    from openpot.graph.types import Model

Data: TypeAlias = Annotated[str | None, typer.Option(help="Samples: folder of images, .npz, .npy or module:callable.")]
AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]
Debug: TypeAlias = Annotated[bool, typer.Option("--debug", help="Show log messages, and where an error came from.")]


def open_data_of_option(
    data: str | None, network: Model, subset_size: int | None, choices: dict[str, Any], warns: bool = True
) -> DataLoader:
    """The data set; says how image files become inputs, and warns of what is guessed unless the caller does.

    Raises:
        ConfigError: no data are named, or options about images are given for other data.
    """
    from openpot.api.image_guesses import warn_of_guesses
    from openpot.data.image_folder import ImageLoader
    from openpot.data.source import open_data
    from openpot.inference.model_inputs import describe_inputs

    if data is None:
        raise ConfigError("--data is missing: give a folder of images, an .npz archive or module:callable")
    loader = open_data(data, describe_inputs(network), subset_size, **choices)
    if isinstance(loader, ImageLoader):
        write_message(f"{len(loader)} images: {loader.preprocessing}")
        if warns:
            warn_of_guesses(loader)
    elif choices:
        names = ", ".join(sorted(choices))
        raise ConfigError(f"{data!r} holds no image files: {names} can only be chosen for these")
    return loader
