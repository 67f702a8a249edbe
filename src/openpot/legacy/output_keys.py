"""The two ways in which POT wrote down one output of a node: ``(name, port)`` and ``name.port``."""

from __future__ import annotations

from typing import TypeVar

from openpot.errors import ConfigError

T = TypeVar("T")


def convert_output_key(name: T | tuple[str, int]) -> T | str:
    """``(name, port)`` as the text ``name.port``; anything that is not a tuple comes back as it is.

    Raises:
        ConfigError: a tuple of another length than two.
    """
    if not isinstance(name, tuple):
        return name
    if len(name) != 2:
        raise ConfigError(f"an output is named by a text or by a tuple (node name, output number), not by {name!r}")
    return f"{name[0]}.{name[1]}"


def convert_to_outputs_name(node_name: str | tuple[str, int]) -> tuple[str, int]:
    """The tuple ``(name, port)`` of an output: a bare name means output 0."""
    return node_name if isinstance(node_name, tuple) else (node_name, 0)
