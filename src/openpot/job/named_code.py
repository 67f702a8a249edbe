"""Code that a configuration names: a file that somebody else wrote must not run it without being asked for."""

from __future__ import annotations

from collections.abc import Iterator

from openpot.config.engine_section import OpenPotEngineConfig
from openpot.config.run import RunConfig
from openpot.errors import ConfigError


def require_consent(run: RunConfig, allows_code: bool) -> None:
    """Refuse a configuration whose data or metrics are code, unless that is allowed.

    Raises:
        ConfigError: it names code; the message says which and where.
    """
    named = list(list_named_code(run))
    if named and not allows_code:
        shown = ", ".join(f"{place}: {name!r}" for place, name in named)
        raise ConfigError(
            f"the configuration names code that would be run ({shown}): look at it, then say --allow-code. A "
            "configuration of somebody else could name anything"
        )


def list_named_code(run: RunConfig) -> Iterator[tuple[str, str]]:
    """Place in the configuration and ``module:callable`` of what would be imported and called."""
    engine = run.engine
    if not isinstance(engine, OpenPotEngineConfig):
        return
    if engine.data.callable is not None:
        yield "engine.data.callable", engine.data.callable
    for number, metric in enumerate(engine.metrics):
        if metric.callable is not None:
            yield f"engine.metrics[{number}].callable", metric.callable
