"""Finding the places where a block pattern fits a graph."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from openpot.graph.operation_kinds import CONVOLUTIONS
from openpot.graph.snapshot import GraphSnapshot
from openpot.placement.block_patterns import BlockPattern
from openpot.placement.known_values import has_known_input

BOUNDARY = frozenset({"input", "output"})
"""Names of pattern nodes that are not part of the block."""


@dataclass(frozen=True)
class _PatternNode:
    name: str
    types: frozenset[str]
    needs_constant: bool


@dataclass(frozen=True)
class _Step:
    """Bind ``node`` to a reader (``down``) or a source of what ``start`` is bound to, or check that edge."""

    start: str
    node: _PatternNode
    down: bool


def find_blocks(pattern: BlockPattern, snapshot: GraphSnapshot) -> Iterator[dict[str, str]]:
    """Every place where ``pattern`` fits, as name in the pattern -> full name of the operation; no operation twice."""
    first, steps = _compile(pattern.chains)
    for record in snapshot.nodes.values():
        if _fits(first, record.name, snapshot):
            yield from _extend({first.name: record.name}, steps, snapshot)


def block_members(match: dict[str, str]) -> list[str]:
    """The operations of a block without its boundary."""
    return [operation for name, operation in match.items() if name not in BOUNDARY]


def _extend(bound: dict[str, str], steps: tuple[_Step, ...], snapshot: GraphSnapshot) -> Iterator[dict[str, str]]:
    if not steps:
        yield bound
        return
    step = steps[0]
    neighbours = _neighbours(bound[step.start], step.down, snapshot)
    if step.node.name in bound:
        if bound[step.node.name] in neighbours:
            yield from _extend(bound, steps[1:], snapshot)
        return
    for name in neighbours:
        if name not in bound.values() and _fits(step.node, name, snapshot):
            yield from _extend({**bound, step.node.name: name}, steps[1:], snapshot)


def _neighbours(name: str, down: bool, snapshot: GraphSnapshot) -> list[str]:
    """Readers or sources of an operation, without those that read one tensor twice: ``x * x`` is no scale of ``x``."""
    if not down:
        sources = Counter(snapshot[name].inputs)
        return list(dict.fromkeys(source.node for source, count in sources.items() if count == 1))
    readers = dict.fromkeys(reader.node for reader in snapshot.readers(name))
    return [reader for reader in readers if _reads_once(reader, name, snapshot)]


def _reads_once(reader: str, name: str, snapshot: GraphSnapshot) -> bool:
    tensors = [source for source in snapshot[reader].inputs if source.node == name]
    return len(set(tensors)) == len(tensors)


def _fits(node: _PatternNode, name: str, snapshot: GraphSnapshot) -> bool:
    record = snapshot[name]
    kind = "Convolution" if record.type in CONVOLUTIONS else record.type
    return kind in node.types and (not node.needs_constant or has_known_input(snapshot, record))


@lru_cache
def _compile(chains: tuple[str, ...]) -> tuple[_PatternNode, tuple[_Step, ...]]:
    """The first node, and steps that each start at a node bound before."""
    nodes: dict[str, _PatternNode] = {}
    first, steps = None, []
    for chain in chains:
        names = []
        for token in chain.split(" > "):
            node = _parse(token, nodes)
            nodes.setdefault(node.name, node)
            names.append(node.name)
        if first is None:
            first, known = nodes[names[0]], 0
        else:
            seen = {step.node.name for step in steps} | {first.name}
            known = next(place for place, name in enumerate(names) if name in seen)
        steps += [_Step(names[at + 1], nodes[names[at]], down=False) for at in range(known - 1, -1, -1)]
        steps += [_Step(names[at], nodes[names[at + 1]], down=True) for at in range(known, len(names) - 1)]
    if first is None:
        raise ValueError("a pattern needs a chain")
    return first, tuple(steps)


def _parse(token: str, nodes: dict[str, _PatternNode]) -> _PatternNode:
    if token.startswith("@"):
        return nodes[token[1:]]
    types, _, name = token.partition(":")
    needs_constant = types.endswith("+const")
    types = types.removesuffix("+const")
    return _PatternNode(name or f"#{len(nodes)}", frozenset(types.split("|")), needs_constant)
