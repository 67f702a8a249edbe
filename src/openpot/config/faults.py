"""What is wrong in a configuration: faults are collected first and reported all at once, one line for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from openpot.config.error_lines import UNKNOWN_KEY_TYPES, UNKNOWN_NAME_TYPE, format_error
from openpot.errors import ConfigError, UnknownNameError

Section = TypeVar("Section", bound=BaseModel)


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong.

    Attributes:
        line: ``path.key: what is wrong``.
        is_unknown_name: a key or name that does not exist.
    """

    line: str
    is_unknown_name: bool = False


def check_section(
    path: str, content: Mapping[str, Any], model: type[Section], context: Mapping[str, Any] | None = None
) -> tuple[Section | None, tuple[Fault, ...]]:
    """``content`` as a frozen ``model``, or None and the reasons why not.

    Args:
        path: how messages call the section.
        content: the section with plain dicts and lists.
        model: what it should be.
        context: for validators that ask for it.
    """
    try:
        return model.model_validate(dict(content), context=dict(context or {})), ()
    except ValidationError as error:
        return None, tuple(
            Fault(format_error(path, fault, model), fault["type"] in (*UNKNOWN_KEY_TYPES, UNKNOWN_NAME_TYPE))
            for fault in error.errors(include_url=False)
        )


def refuse(faults: Sequence[Fault], what: str = "the configuration") -> None:
    """Raise one error that lists all faults; nothing happens if there are none.

    Raises:
        UnknownNameError: a key or a name does not exist.
        ConfigError: a value is not possible.
    """
    if not faults:
        return
    lines = [fault.line for fault in faults]
    text = lines[0] if len(lines) == 1 else "\n  ".join([f"{len(lines)} faults in {what}:", *lines])
    raise UnknownNameError(text) if any(fault.is_unknown_name for fault in faults) else ConfigError(text)
