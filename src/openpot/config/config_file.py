"""Configuration files: JSON with comments, YAML or TOML, by the suffix; read whole, capped and checked before use."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from openpot.config.commented_json import parse_commented_json
from openpot.config.safe_yaml import parse_yaml
from openpot.errors import ConfigError, FileError, MissingFileError, suggest_close_name
from openpot.typing_aliases import StrPath

MAX_BYTES = 4 * 2**20
MAX_VALUES = 200_000
"""YAML may repeat a part by reference: a small file can stand for more values than any memory holds."""
MAX_DEPTH = 60


def _parse_toml(text: str) -> Any:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(str(error)) from None
    except RecursionError:
        raise ConfigError("the TOML is nested too deeply") from None


PARSERS: Mapping[str, Callable[[str], Any]] = {
    ".json": parse_commented_json,
    ".yaml": parse_yaml,
    ".yml": parse_yaml,
    ".toml": _parse_toml,
}
"""What reads a file, by its suffix."""


def read_config_file(path: StrPath, max_bytes: int = MAX_BYTES) -> dict[str, Any]:
    """The mapping that a configuration file holds.

    Raises:
        MissingFileError: there is no such file.
        FileError: it cannot be read.
        ConfigError: its suffix is unknown, it is too large, or it does not hold one mapping; the message has the line.
        MissingExtraError: it is YAML, and PyYAML is not installed.
    """
    file = Path(path)
    parser = PARSERS.get(file.suffix.lower())
    if parser is None:
        raise ConfigError(f"{file}: a configuration file ends in {', '.join(PARSERS)}; {file.suffix!r} is not known")
    content = _read(file, max_bytes)
    try:
        value = parser(content)
        if not isinstance(value, dict):
            kind = "nothing" if value is None else f"a {type(value).__name__}"
            raise ConfigError(f"expected a mapping with the keys model, engine and compression, got {kind}")
        _check_extent(value)
    except ConfigError as error:
        raise ConfigError(f"{file}: {error}") from None
    return value


def _read(file: Path, max_bytes: int) -> str:
    if not file.is_file():
        beside = [entry.name for entry in file.parent.iterdir()] if file.parent.is_dir() else []
        raise MissingFileError(f"there is no configuration file {str(file)!r}{suggest_close_name(file.name, beside)}")
    try:
        with file.open("rb") as stream:
            content = stream.read(max_bytes + 1)
    except OSError as error:
        raise FileError(f"{file} cannot be read: {error.strerror}") from error
    if len(content) > max_bytes:
        raise ConfigError(f"{file}: more than {max_bytes} bytes, too much for a configuration file")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file}: byte {error.start} is not UTF-8") from None


def _check_extent(value: Any) -> None:
    """Refuse what unfolds to too many values, or contains itself."""
    count, stack = 0, [(value, 0)]
    while stack:
        current, depth = stack.pop()
        count += 1
        if count > MAX_VALUES or depth > MAX_DEPTH:
            raise ConfigError(
                f"it unfolds to more than {MAX_VALUES} values or is nested more than {MAX_DEPTH} deep, too much for a "
                "configuration"
            )
        children = current.values() if isinstance(current, dict) else current if isinstance(current, list) else ()
        stack.extend((child, depth + 1) for child in children)
