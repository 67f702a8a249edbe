"""From the dict of an algorithm's parameters to its frozen configuration: all faults are reported at once."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from pydantic import BaseModel

from openpot.config.faults import check_section, refuse
from openpot.config.legacy import POT_KEYS
from openpot.errors import ConfigError, OpenPotWarning, UnknownNameError, suggest_nearest_name


def parse_algorithm(name: str, params: Mapping[str, Any] | None, known: Mapping[str, type[BaseModel]]) -> BaseModel:
    """The configuration of the algorithm ``name``.

    Args:
        name: a key of ``known``.
        params: the parameters as a dict of any kind; what is None or an empty dict counts as not stated.
        known: the model of each algorithm.

    Raises:
        UnknownNameError: the algorithm, or a key of its parameters, does not exist; every fault is listed.
        ConfigError: a value is not possible; every fault is listed.

    Warns:
        OpenPotWarning: keys belong to another algorithm; they are left out.
    """
    if name not in known:
        raise UnknownNameError(f"there is no algorithm {name!r}; {suggest_nearest_name(name, known)}")
    content = to_plain_parameters({} if params is None else params)
    if not isinstance(content, dict):
        raise ConfigError(f"{name}.params: expected a dict of parameters, got {params!r}")
    return parse_parameters(f"{name}.params", content, known[name], known)


def parse_parameters(
    path: str, content: dict[str, Any], model: type[BaseModel], known: Mapping[str, type[BaseModel]]
) -> BaseModel:
    """Validate ``content`` as ``model``; ``path`` is how messages call it, ``known`` as in :func:`parse_algorithm`.

    Raises:
        UnknownNameError: a key does not exist.
        ConfigError: a value is not possible.
    """
    section, faults = check_section(path, drop_foreign_keys(path, content, model, known), model)
    refuse(faults)
    assert section is not None  # noqa: S101 - there were no faults
    return section


def drop_foreign_keys(
    path: str, content: Mapping[str, Any], model: type[BaseModel], known: Mapping[str, type[BaseModel]]
) -> dict[str, Any]:
    """``content`` without the keys that belong to other algorithms.

    Warns:
        OpenPotWarning: there are such keys.
    """
    foreign = find_foreign_keys(content, model, known)
    if foreign:
        shown = ", ".join(f"{key!r} ({owner})" for key, owner in foreign.items())
        warnings.warn(
            f"{path}: these keys belong to other algorithms and have no effect here: {shown}",
            OpenPotWarning,
            stacklevel=5,
        )
    return {key: value for key, value in content.items() if key not in foreign}


def find_foreign_keys(
    keys: Iterable[str], model: type[BaseModel], known: Mapping[str, type[BaseModel]]
) -> dict[str, str]:
    """The keys of ``content`` that belong to another algorithm than ``model``, with its name."""
    return {key: owner for key in keys if (owner := _find_owner(key, model, known)) is not None}


def to_plain_parameters(value: Any) -> Any:
    """Dicts of any kind as dicts, NumPy numbers as numbers; what is None or an empty dict is left out of dicts.

    Configurations with attribute access read as an empty dict where nothing was stated.
    """
    if isinstance(value, Mapping):
        plain = {str(key): to_plain_parameters(entry) for key, entry in value.items() if entry is not None}
        return {key: entry for key, entry in plain.items() if not (isinstance(entry, dict) and not entry)}
    if isinstance(value, list | tuple):
        return [to_plain_parameters(entry) for entry in value]
    return value.item() if isinstance(value, np.generic) else value


def _find_owner(key: str, model: type[BaseModel], known: Mapping[str, type[BaseModel]]) -> str | None:
    """The other algorithm that has ``key``; None if it is this one's, or nobody's."""
    if key in model.model_fields:
        return None
    return next((name for name, other in known.items() if key in other.model_fields), POT_KEYS.get(key))
