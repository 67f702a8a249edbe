"""JSON as configuration files have it: with ``//`` and ``/* */`` comments and commas after the last entry.

What is not JSON is overwritten with blanks, so that places in error messages are places in the file.
"""

from __future__ import annotations

import json
import re
from typing import Any

from openpot.errors import ConfigError

_STRING = r'"(?:\\.|[^"\\\n])*"'
_COMMENT = re.compile(rf"{_STRING}|//[^\n]*|/\*.*?\*/", re.DOTALL)
_LAST_COMMA = re.compile(rf"{_STRING}|,(?=\s*[}}\]])")


def parse_commented_json(text: str) -> Any:
    """The value that ``text`` holds.

    Raises:
        ConfigError: it is no such JSON, or an object has a key twice; the message has line and column.
    """
    bare = _LAST_COMMA.sub(_blank_out, _COMMENT.sub(_blank_out, text))
    try:
        return json.loads(bare, object_pairs_hook=_build_object, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise ConfigError(f"line {error.lineno}, column {error.colno}: {error.msg}") from None
    except RecursionError:
        raise ConfigError("the JSON is nested too deeply") from None


def _blank_out(match: re.Match[str]) -> str:
    """Strings as they are, everything else as blanks that keep the lines."""
    text = match.group()
    return text if text.startswith('"') else re.sub(r"[^\n]", " ", text)


def _build_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ConfigError(f"the key {twice[0]!r} is there twice in one object: remove one of them")
    return dict(pairs)


def _refuse_constant(name: str) -> Any:
    raise ConfigError(f"{name} is no number that a configuration can hold")
