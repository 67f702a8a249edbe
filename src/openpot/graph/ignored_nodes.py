"""Whether an ignored scope names a node, as POT asked it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from openpot.graph.full_names import SEPARATOR

_POT_TYPES = {"const": "constant"}


def is_node_ignored(
    ignored_params: Mapping[str, Any], node: Any, member_names: Sequence[str] = ("",), skipped: bool = True
) -> bool:
    """Whether POT's ignored scope names a node.

    Args:
        ignored_params: ``{'skip_model', 'scope', 'operations'}``; for a cascade one such dict per member name.
        node: An OpenVINO node or anything with ``fullname`` and ``type``.
        member_names: Names of the members of a cascade; their prefix is not part of the names in a scope.
        skipped: Whether ``skip_model`` counts.
    """
    name = str(getattr(node, "fullname", "") or node.get_friendly_name())
    if len(member_names) > 1:
        member = next((member for member in member_names if name.startswith(f"{member}_")), None)
        if member is None or member not in ignored_params:
            return False
        return is_node_ignored(ignored_params[member], node, (), skipped) or name.removeprefix(f"{member}_") in _scope(
            ignored_params[member]
        )
    if skipped and ignored_params.get("skip_model", False):
        return True
    return name in _scope(ignored_params) or _is_type_ignored(ignored_params.get("operations") or (), node)


def _scope(ignored_params: Mapping[str, Any]) -> set[str]:
    """Names of a scope; a list is the path into sub-graph bodies."""
    entries = ignored_params.get("scope") or ()
    return {entry if isinstance(entry, str) else SEPARATOR.join(entry) for entry in entries}


def _is_type_ignored(operations: Sequence[Mapping[str, Any]], node: Any) -> bool:
    kind = _normalize_type(getattr(node, "type", "") or node.get_type_name())
    return any(
        _normalize_type(operation["type"]) == kind and _attributes_match(operation.get("attributes") or {}, node)
        for operation in operations
    )


def _normalize_type(kind: str) -> str:
    """One spelling for ``ReLU``/``Relu`` and ``Const``/``Constant``."""
    return _POT_TYPES.get(kind.lower(), kind.lower())


def _attributes_match(wanted: Mapping[str, Any], node: Any) -> bool:
    has = node.get_attributes() if hasattr(node, "get_attributes") else node
    return all(key in has and _comparable(has[key]) == _comparable(value) for key, value in wanted.items())


def _comparable(value: Any) -> Any:
    return list(value) if isinstance(value, list | tuple) or hasattr(value, "tolist") else value
