"""Why a quantized model takes more space than the model that it was made from: the operations whose constants grew."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from openpot.graph.node_index import NodeIndex
from openpot.graph.snapshot_model import snapshot_all_graphs
from openpot.graph.stored_size import content_digest, count_stored_bytes, format_size

if TYPE_CHECKING:
    from openpot.graph.snapshot import GraphSnapshot
    from openpot.graph.types import Model

SHOWN = 3
"""How many operations a warning names."""


@dataclass
class StoredConstants:
    """The constants that are stored for one operation: for its weights, its biases, the limits of its quantizers.

    Attributes:
        size: bytes; contents that an operation before it has as well are not counted again.
        types: element types.
        shared_with: operations before it whose constants it reads as well.
    """

    size: int = 0
    types: dict[str, None] = field(default_factory=dict)
    shared_with: dict[str, None] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{format_size(self.size)} in {' and '.join(self.types)}" if self.types else "nothing"


def explain_growth(source: Model, result: Model) -> tuple[str, ...]:
    """A sentence that says for which operations more is stored, if the result takes more space than its source."""
    before, after = count_stored_bytes(source), count_stored_bytes(result)
    if after <= before:
        return ()
    grown = find_grown_operations(source, result)
    parts = [_describe_growth(name, *stored) for name, stored in list(grown.items())[:SHOWN]]
    rest = list(grown.values())[SHOWN:]
    if rest:
        parts.append(f"{format_size(sum(now.size - then.size for then, now in rest))} more for others")
    sizes = f"{format_size(after)} of constants, before {format_size(before)}"
    return (f"the result is larger than the model that was given ({sizes}): {'; '.join(parts)}",)


def find_grown_operations(source: Model, result: Model) -> dict[str, tuple[StoredConstants, StoredConstants]]:
    """The operations whose constants take more bytes in ``result`` than in ``source``, those that grew most first.

    Returns:
        Full name of an operation -> what is stored for it in the source and in the result.
    """
    before, after = list_stored_constants(source), list_stored_constants(result)
    pairs = {name: (before.get(name, StoredConstants()), now) for name, now in after.items()}
    grown = [(name, pair) for name, pair in pairs.items() if pair[1].size > pair[0].size]
    return dict(sorted(grown, key=lambda entry: entry[1][0].size - entry[1][1].size))


def list_stored_constants(model: Model) -> dict[str, StoredConstants]:
    """Full name of an operation -> the constants that are stored for it, in topological order.

    Equal contents belong to the first operation that uses them, because they are stored once.
    """
    nodes = NodeIndex(model)
    first: dict[bytes, str] = {}
    constants: dict[str, StoredConstants] = {}
    for snapshot in snapshot_all_graphs(model).values():
        place = {name: number for number, name in enumerate(snapshot.nodes)}
        for record in snapshot.nodes_of_type("Constant"):
            users = sorted(_find_users(snapshot, record.name), key=place.__getitem__)
            for user in users:
                node = nodes.node(record.name)
                owner = first.setdefault(content_digest(node), user)
                stored = constants.setdefault(user, StoredConstants())
                if owner != user:
                    stored.shared_with[owner] = None
                elif user == users[0]:
                    stored.size += int(node.get_byte_size())
                    stored.types[record.output_type] = None
    return constants


def _find_users(snapshot: GraphSnapshot, constant: str) -> set[str]:
    """The operations that a constant is for: after operations on constants and after quantizers."""
    users: set[str] = set()
    seen: set[str] = set()
    pending = [constant]
    while pending:
        for reader in snapshot.readers(pending.pop()):
            node = snapshot[reader.node]
            if node.name not in snapshot.constants and node.type != "FakeQuantize":
                users.add(node.name)
            elif node.name not in seen:
                seen.add(node.name)
                pending.append(node.name)
    return users


def _describe_growth(name: str, before: StoredConstants, after: StoredConstants) -> str:
    shared = [operation for operation in before.shared_with if operation not in after.shared_with]
    note = f", shared with {', '.join(map(repr, shared))}" if shared else ""
    return f"for {name!r} {after} are stored, before {before}{note}"
