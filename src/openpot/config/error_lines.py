"""What pydantic found wrong in a configuration, one readable line for each fault."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from openpot.errors import nearest_name_hint

UNKNOWN_KEY_TYPES = ("extra_forbidden", "unexpected_keyword_argument")
UNKNOWN_NAME_TYPE = "unknown_name"
"""Of faults whose message says which names there are."""
HIDDEN_PARTS = ("everywhere", "by_model")  # how IgnoredScopes sorts its input; users never wrote these words


_MAX_SHOWN = 160


def error_line(path: str, error: Mapping[str, Any], model: type[BaseModel]) -> str:
    """One fault as ``path.key: what is wrong``.

    Args:
        path: how the configuration is called, for example the algorithm's name.
        error: an entry of ``ValidationError.errors()``.
        model: the model that was validated.
    """
    location: tuple[str | int, ...] = error["loc"]
    where = path + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in _shown(location))
    if error["type"] in UNKNOWN_KEY_TYPES:
        return f"{where}: there is no such key; {nearest_name_hint(str(location[-1]), keys_at(model, location[:-1]))}"
    if error["type"] == "missing":
        return f"{where}: this key is needed"
    message = str(error["msg"]).removeprefix("Value error, ").removeprefix("Input ")
    if error["type"] in ("value_error", UNKNOWN_NAME_TYPE) and message.endswith("?"):
        return f"{where}: {message}"  # a question says what was given by itself
    return f"{where}: {message[0].lower()}{message[1:]}, got {_shortened(error['input'])}"


def misplaced_key_line(path: str, key: str, parameters: Collection[str]) -> str:
    """What is wrong with a key beside ``name`` and ``params`` of an algorithm.

    Args:
        path: how the entry of the algorithm is called.
        key: the key.
        parameters: the keys that the algorithm has within ``params``.
    """
    hint = f"did you mean 'params.{key}'?" if key in parameters else nearest_name_hint(key, ("name", "params"))
    return f"{path}.{key}: there is no such key; {hint}"


def _shortened(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}..."


def keys_at(model: Any, location: Sequence[str | int]) -> tuple[str, ...]:
    """The keys that are valid at ``location`` below ``model``: the names of the fields there."""
    current = model
    for part in location:
        fields = _field_types(current)
        current = fields[part] if part in fields else _element_type(current)
    return tuple(str(name) for name in _field_types(current))


def _shown(location: Sequence[str | int]) -> list[str | int]:
    return [part for part in location if part not in HIDDEN_PARTS]


def _field_types(model: Any) -> dict[str | int, Any]:
    model = _without_none(model)
    if isinstance(model, type) and issubclass(model, BaseModel):
        return {name: field.annotation for name, field in model.model_fields.items()}
    if isinstance(model, type) and dataclasses.is_dataclass(model):
        hints = typing.get_type_hints(model)
        return {field.name: hints[field.name] for field in dataclasses.fields(model)}
    return {}


def _element_type(container: Any) -> Any:
    """The type of the values of a mapping or the elements of a sequence."""
    arguments = [one for one in typing.get_args(_without_none(container)) if one is not Ellipsis]
    return arguments[-1] if arguments else None


def _without_none(annotation: Any) -> Any:
    if isinstance(annotation, types.UnionType) or typing.get_origin(annotation) is typing.Union:
        return next(one for one in typing.get_args(annotation) if one is not type(None))
    return annotation
