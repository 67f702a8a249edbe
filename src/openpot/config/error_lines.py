"""What pydantic found wrong in a configuration, one readable line for each fault."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from openpot.errors import suggest_nearest_name

UNKNOWN_KEY_TYPES = ("extra_forbidden", "unexpected_keyword_argument")
UNKNOWN_NAME_TYPE = "unknown_name"
"""Of faults whose message says which names there are."""
HIDDEN_PARTS = ("everywhere", "by_model")  # how IgnoredScopes sorts its input; users never wrote these words


_MAX_SHOWN = 160


def format_error(path: str, error: Mapping[str, Any], model: type[BaseModel]) -> str:
    """One fault as ``path.key: what is wrong``.

    Args:
        path: how the configuration is called, for example the algorithm's name.
        error: an entry of ``ValidationError.errors()``.
        model: the model that was validated.
    """
    location: tuple[str | int, ...] = error["loc"]
    where = path + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in _hide_parts(location))
    if error["type"] in UNKNOWN_KEY_TYPES:
        return (
            f"{where}: there is no such key; {suggest_nearest_name(str(location[-1]), list_keys(model, location[:-1]))}"
        )
    if error["type"] == "missing":
        return f"{where}: this key is needed"
    message = str(error["msg"]).removeprefix("Value error, ").removeprefix("Input ")
    if error["type"] in ("value_error", UNKNOWN_NAME_TYPE) and message.endswith("?"):
        return f"{where}: {message}"  # a question says what was given by itself
    return f"{where}: {message[0].lower()}{message[1:]}, got {_shorten(error['input'])}"


def format_misplaced_key(path: str, key: str, parameters: Collection[str]) -> str:
    """What is wrong with a key beside ``name`` and ``params`` of an algorithm.

    Args:
        path: how the entry of the algorithm is called.
        key: the key.
        parameters: the keys that the algorithm has within ``params``.
    """
    hint = f"did you mean 'params.{key}'?" if key in parameters else suggest_nearest_name(key, ("name", "params"))
    return f"{path}.{key}: there is no such key; {hint}"


def _shorten(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}..."


def list_keys(model: Any, location: Sequence[str | int]) -> tuple[str, ...]:
    """The keys that are valid at ``location`` below ``model``: the names of the fields there."""
    current = model
    for part in location:
        fields = _find_field_types(current)
        current = fields[part] if part in fields else _find_element_type(current)
    return tuple(str(name) for name in _find_field_types(current))


def _hide_parts(location: Sequence[str | int]) -> list[str | int]:
    return [part for part in location if part not in HIDDEN_PARTS]


def _find_field_types(model: Any) -> dict[str | int, Any]:
    model = _drop_none(model)
    if isinstance(model, type) and issubclass(model, BaseModel):
        return {name: field.annotation for name, field in model.model_fields.items()}
    if isinstance(model, type) and dataclasses.is_dataclass(model):
        hints = typing.get_type_hints(model)
        return {field.name: hints[field.name] for field in dataclasses.fields(model)}
    return {}


def _find_element_type(container: Any) -> Any:
    """The type of the values of a mapping or the elements of a sequence."""
    arguments = [argument for argument in typing.get_args(_drop_none(container)) if argument is not Ellipsis]
    return arguments[-1] if arguments else None


def _drop_none(annotation: Any) -> Any:
    if isinstance(annotation, types.UnionType) or typing.get_origin(annotation) is typing.Union:
        return next(argument for argument in typing.get_args(annotation) if argument is not type(None))
    return annotation
