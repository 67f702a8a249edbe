"""Keys that POT passed over in silence: left out, so that a published configuration runs, and reported one by one."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from openpot.config.error_lines import HIDDEN_PARTS, UNKNOWN_KEY_TYPES, format_error
from openpot.config.faults import Fault
from openpot.config.parse import find_foreign_keys
from openpot.log import warn_caller


def drop_unknown_keys(
    path: str, content: Mapping[str, Any], model: type[BaseModel], context: Mapping[str, Any] | None = None
) -> tuple[dict[str, Any], list[Fault]]:
    """``content`` without the keys, at any depth, that ``model`` does not have, and one fault for each of them.

    Args:
        path: how messages call ``content``.
        content: plain dicts and lists; not changed.
        model: what ``content`` should be.
        context: for validators that ask for it.
    """
    kept: dict[str, Any] = copy.deepcopy(dict(content))
    faults: list[Fault] = []
    while unknown := _find_unknown_keys(kept, model, context):
        removed = [error for error in unknown if _remove(kept, error["loc"])]
        faults += [Fault(format_error(path, error, model), True) for error in removed]
        if not removed:
            break
    return kept, faults


def drop_ineffective_parameters(
    path: str, content: Mapping[str, Any], model: type[BaseModel], known: Mapping[str, type[BaseModel]]
) -> tuple[dict[str, Any], list[Fault]]:
    """The parameters of an algorithm without those that belong to others or do not exist, and why each is left out.

    Args:
        path: how messages call ``content``.
        content: plain dicts and lists; not changed.
        model: the parameters of the algorithm.
        known: the parameters of every algorithm.
    """
    foreign = find_foreign_keys(content, model, known)
    parameters = {key: value for key, value in content.items() if key not in foreign}
    kept, unknown = drop_unknown_keys(path, parameters, model)
    return kept, [*(Fault(f"{path}.{key}: it belongs to {owner}", True) for key, owner in foreign.items()), *unknown]


def warn_of_passed_over(faults: Iterable[Fault]) -> None:
    """One warning for each key that was left out; it names the line outside of openpot that led to it.

    Warns:
        OpenPotWarning: for each fault.
    """
    for fault in faults:
        warn_caller(f"passed over: {fault.line}")


def _find_unknown_keys(
    content: Mapping[str, Any], model: type[BaseModel], context: Mapping[str, Any] | None
) -> list[Mapping[str, Any]]:
    try:
        model.model_validate(dict(content), context=dict(context or {}))
    except ValidationError as error:
        return [fault for fault in error.errors(include_url=False) if fault["type"] in UNKNOWN_KEY_TYPES]
    return []


def _remove(content: Any, location: Sequence[str | int]) -> bool:
    """Take out the key at ``location``; False if there is none."""
    *parents, key = location
    container = content
    for part in parents:
        inner = _get_entry(container, part)
        if inner is None and part not in HIDDEN_PARTS:
            return False
        container = container if inner is None else inner
    if not isinstance(container, MutableMapping) or key not in container:
        return False
    del container[key]
    return True


def _get_entry(container: Any, part: str | int) -> Any:
    if isinstance(container, Mapping):
        return container.get(part)
    if isinstance(container, list) and isinstance(part, int) and part < len(container):
        return container[part]
    return None
