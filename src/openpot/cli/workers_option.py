"""``--workers``: the workers of a dask scheduler, which has its own transport and its own security."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Annotated, TypeAlias

import typer

from openpot.errors import ConfigError, MissingExtraError

SECONDS_TO_CONNECT = 10

WorkersAddress: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--workers",
        metavar="ADDRESS",
        help="Of a dask scheduler whose workers help, such as tcp://127.0.0.1:8786 (pip install 'openpot[dask]').",
    ),
]


@contextmanager
def connected_executor(address: str | None) -> Iterator[Executor | None]:
    """The executor of a scheduler; None without an address.

    Raises:
        MissingExtraError: dask is not installed.
        ConfigError: no scheduler answers.
    """
    if address is None:
        yield None
        return
    try:
        from distributed import Client
    except ImportError as error:
        raise MissingExtraError("--workers needs dask.distributed: pip install 'openpot[dask]'") from error
    try:
        client = Client(address, timeout=SECONDS_TO_CONNECT, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise ConfigError(
            f"no dask scheduler answers at {address!r} ({type(error).__name__}): start one with 'dask scheduler "
            "--host 127.0.0.1' and workers with 'dask worker tcp://127.0.0.1:8786'"
        ) from error
    with client:
        yield client.get_executor()
