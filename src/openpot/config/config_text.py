"""Configurations as text: JSON, YAML or TOML, by the suffix of the file they are for."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from openpot.config.config_file import PARSERS
from openpot.errors import ConfigError, MissingExtraError

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def format_config(content: Mapping[str, Any], suffix: str) -> str:
    """``content`` (dicts, lists, texts, numbers, booleans) as the text of a file with this suffix.

    Raises:
        ConfigError: there is no such format.
        MissingExtraError: it is YAML, and PyYAML is not installed.
    """
    writer = _WRITERS.get(suffix.lower())
    if writer is None:
        raise ConfigError(f"a configuration file ends in {', '.join(PARSERS)}; {suffix!r} is not known")
    return writer(content)


def _format_json(content: Mapping[str, Any]) -> str:
    try:
        return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    except ValueError as error:
        raise ConfigError("JSON cannot hold a number that is not finite: write .toml or .yaml") from error


def _format_yaml(content: Mapping[str, Any]) -> str:
    try:
        import yaml
    except ImportError as error:
        raise MissingExtraError(
            "writing YAML needs PyYAML: pip install openpot[yaml], or write .toml or .json"
        ) from error
    text: str = yaml.safe_dump(json.loads(json.dumps(content)), sort_keys=False, allow_unicode=True)
    return text


def format_toml(content: Mapping[str, Any]) -> str:
    """``content`` as TOML: a table for each dict, an array of tables for each list of dicts."""
    return "\n".join(_format_table(content, ())).strip() + "\n"


def _format_table(table: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    below = {key: value for key, value in table.items() if isinstance(value, Mapping) or _is_array_of_tables(value)}
    for key, value in table.items():
        if key not in below:
            yield f"{_format_key(key)} = {_format_inline(value)}"
    for key, value in below.items():
        name = ".".join(map(_format_key, (*path, key)))
        for entry in [value] if isinstance(value, Mapping) else value:
            if not (isinstance(value, Mapping) and value and all(isinstance(part, Mapping) for part in value.values())):
                yield ""
                yield f"[{name}]" if isinstance(value, Mapping) else f"[[{name}]]"
            yield from _format_table(entry, (*path, key))


def _is_array_of_tables(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(entry, Mapping) for entry in value)


def _format_inline(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_format_key(key)} = {_format_inline(entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_format_inline, value)) + "]"
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    # DEL must be escaped in TOML and is not in JSON; all other texts, numbers and booleans are written alike.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _format_key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else _format_inline(name)


_WRITERS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    ".json": _format_json,
    ".yaml": _format_yaml,
    ".yml": _format_yaml,
    ".toml": format_toml,
}
