"""Which operations the user left out: by name, by type, or because they read an operation that is left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from openpot.errors import suggest_nearest_name
from openpot.graph.operation_kinds import POT_AGNOSTIC, is_depthwise
from openpot.graph.snapshot import GraphSnapshot, NodeRecord
from openpot.placement.table_entry import DEPTHWISE, same_type

if TYPE_CHECKING:
    from openpot.config.ignored_scope import IgnoredOperation, IgnoredScope
    from openpot.config.target_devices import TargetDevice

TRANSFORMER_TYPES = ("Add", "Power", "Squeeze", "Subtract", "ReduceMean", "SquaredDifference", "MVN", "Multiply")


@dataclass(frozen=True)
class IgnoredOperations:
    """Why operations are left out (name -> reason), and warnings about names and types that the model does not have."""

    reasons: Mapping[str, str]
    warnings: tuple[str, ...] = ()


def find_ignored_by_user(
    snapshot: GraphSnapshot, ignored: IgnoredScope | None, *, groups_are_convolutions: bool
) -> IgnoredOperations:
    """The operations that the ignored scope leaves out.

    Args:
        snapshot: The graph.
        ignored: The ignored scope of the user, or None.
        groups_are_convolutions: POT's view: the type ``Convolution`` means grouped convolutions too, and an operation
            that only moves values takes the operations that read it along.
    """
    if ignored is None:
        return IgnoredOperations({})
    if ignored.skip_model:
        return IgnoredOperations(dict.fromkeys(snapshot.nodes, "the user left out the whole model"))
    reasons = {name: "the user left it out by name" for name in ignored.scope if name in snapshot}
    for node in snapshot.nodes.values():
        entry = _find_entry(snapshot, node, ignored.operations, groups_are_convolutions)
        if entry is not None:
            reasons.setdefault(node.name, f"the user left out operations of type {entry.type}")
    if groups_are_convolutions:
        _add_readers_of_agnostic(snapshot, reasons)
    return IgnoredOperations(reasons, tuple(_warn_of_unknown_names(snapshot, ignored)))


def find_ignored_in_transformers(snapshot: GraphSnapshot, device: TargetDevice) -> dict[str, str]:
    """What ``model_type: transformer`` leaves out, the operations of layer norms and residuals; name -> reason."""
    types = [name for name in TRANSFORMER_TYPES if name not in device.quantized_in_transformers]
    nodes = snapshot.nodes_of_type(*types)
    return {node.name: f"model_type 'transformer' leaves out operations of type {node.type}" for node in nodes}


def _find_entry(
    snapshot: GraphSnapshot, node: NodeRecord, entries: Iterable[IgnoredOperation], groups_are_convolutions: bool
) -> IgnoredOperation | None:
    """The first entry with the type of this operation, all attributes of which it has."""
    names = {node.type}
    if is_depthwise(snapshot, node):
        names.add(DEPTHWISE)
    if groups_are_convolutions and node.type == "GroupConvolution":
        names.add("Convolution")
    for entry in entries:
        if any(same_type(entry.type, name) for name in names):
            attributes = entry.attributes or {}
            if all(_has_attribute(snapshot, node, key, value) for key, value in attributes.items()):
                return entry
    return None


def _has_attribute(snapshot: GraphSnapshot, node: NodeRecord, key: str, value: Any) -> bool:
    if key == "group" and "group" not in node.attributes:
        return _format_value(_count_groups(snapshot, node)) == _format_value(value)
    return key in node.attributes and _format_value(node.attributes[key]) == _format_value(value)


def _count_groups(snapshot: GraphSnapshot, node: NodeRecord) -> int | None:
    """The ``group`` attribute that POT gave to convolutions; the runtime has it in the shape of the weights."""
    if node.type == "Convolution":
        return 1
    if node.type not in ("GroupConvolution", "GroupConvolutionBackpropData"):
        return None
    shape = snapshot.shape(node.inputs[1])
    return shape[0] if shape else None


def _format_value(value: Any) -> str:
    """An attribute as text, for comparison: they come as numbers, lists or texts."""
    if isinstance(value, str | bool | int | float):
        return str(value).lower()
    return ",".join(_format_value(part) for part in value) if isinstance(value, Iterable) else str(value)


def _add_readers_of_agnostic(snapshot: GraphSnapshot, reasons: dict[str, str]) -> None:
    for node in snapshot.nodes.values():
        if node.name in reasons and node.type in POT_AGNOSTIC:
            for reader in snapshot.readers(node.name):
                reasons.setdefault(reader.node, f"it reads {node.name!r}, which is left out")


def _warn_of_unknown_names(snapshot: GraphSnapshot, ignored: IgnoredScope) -> Iterable[str]:
    for name in ignored.scope:
        if name not in snapshot:
            yield f"ignored scope: there is no operation named {name!r}; {suggest_nearest_name(name, snapshot.nodes)}"
    present = {node.type for node in snapshot.nodes.values()} | {DEPTHWISE}
    for entry in ignored.operations:
        if not any(same_type(entry.type, name) for name in present):
            yield (
                f"ignored operations: there is no operation of type {entry.type!r}; "
                f"{suggest_nearest_name(entry.type, present)}"
            )
