"""Which operations stay in float as part of a block, whatever their type: patterns, detection tails, shapes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

from openpot.config.target_devices import TargetDevice
from openpot.graph.operation_kinds import MAC_OPERATIONS, OPERATIONS_WITH_BIAS, is_product_of_activations
from openpot.graph.snapshot import GraphSnapshot
from openpot.placement.block_patterns import DEVICE_PATTERNS, GENERAL_PATTERNS, BlockPattern
from openpot.placement.known_values import find_shape_operations
from openpot.placement.pattern_matching import block_members, find_blocks


def mark_operations(snapshot: GraphSnapshot, device: TargetDevice) -> dict[str, str]:
    """Operations whose inputs get no quantizer; name -> reason.

    Args:
        snapshot: The graph; patterns expect a bias after every convolution (see ``virtual_bias``).
        device: What the model is for.
    """
    of_device = (pattern for name in device.float_blocks for pattern in DEVICE_PATTERNS[name])
    marked = mark_blocks(snapshot, (*of_device, *GENERAL_PATTERNS))
    for name, reason in mark_detection_tails(snapshot).items():
        marked.setdefault(name, reason)
    for name in find_shape_operations(snapshot):
        marked.setdefault(name, "it computes with shapes")
    return marked


def mark_blocks(snapshot: GraphSnapshot, patterns: Iterable[BlockPattern]) -> dict[str, str]:
    """The operations of all blocks that fit one of ``patterns``; name -> reason."""
    marked: dict[str, str] = {}
    for pattern in patterns:
        for match in find_blocks(pattern, snapshot):
            if pattern.unbranched and _is_branched(pattern, match, snapshot):
                continue
            for name in block_members(match):
                marked.setdefault(name, f"it is part of a block that stays float ({pattern.name})")
    return marked


def mark_detection_tails(snapshot: GraphSnapshot, through_products: bool = False) -> dict[str, str]:
    """What lies between a NonMaxSuppression or TopK and the operations with weights above it; name -> reason.

    Args:
        snapshot: The graph.
        through_products: Whether a tail goes on through products of activations; with POT it ends there.
    """
    tails: dict[str, str] = {}
    for end in snapshot.nodes_of_type("NonMaxSuppression", "TopK"):
        reason = f"it prepares the boxes or scores of {end.name!r} ({end.type})"
        for name in _walk_up(end.name, snapshot, lambda name: _stops_a_tail(name, snapshot, through_products)):
            tails.setdefault(name, reason)
    return tails


def _stops_a_tail(name: str, snapshot: GraphSnapshot, through_products: bool) -> bool:
    if through_products and is_product_of_activations(snapshot, snapshot[name]):
        return False
    return snapshot[name].type in MAC_OPERATIONS or name in snapshot.constants


def _walk_up(start: str, snapshot: GraphSnapshot, stops: Callable[[str], bool]) -> set[str]:
    sources: set[str] = set()
    pending = deque([start])
    while pending:
        for source in snapshot[pending.popleft()].inputs:
            if source.node not in sources and not stops(source.node):
                sources.add(source.node)
                pending.append(source.node)
    return sources


def _is_branched(pattern: BlockPattern, match: dict[str, str], snapshot: GraphSnapshot) -> bool:
    """Whether the path from the convolution or MatMul above to one of the unbranched nodes has a branch."""
    unbranched = (name for name in match.values() if snapshot[name].type in pattern.unbranched)
    return any(_path_has_branches(name, snapshot) for name in unbranched)


def _path_has_branches(name: str, snapshot: GraphSnapshot) -> bool:
    while snapshot[name].inputs:
        name = snapshot[name].inputs[0].node
        if len(snapshot.readers(name)) > 1:
            return True
        if snapshot[name].type in OPERATIONS_WITH_BIAS or name in snapshot.constants:
            return False
    return False
