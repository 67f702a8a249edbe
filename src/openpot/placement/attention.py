"""Finds attention that is written as separate operations: products of activations around a Softmax.

They stay in float. The runtime fuses the whole block into one operation (ScaledDotProductAttention) as long as no
quantizer stands inside; quantizers before and after the Softmax cost more time than the INT8 products save (measured
on a three-layer MiniLM on AVX2: 10 to 15 % slower than leaving them out); and attention weights, most of them nearly
zero, are badly served by 256 equal steps.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

from openpot.graph.moved_values import preserves_precision
from openpot.graph.operation_kinds import is_product_of_activations
from openpot.graph.snapshot import GraphSnapshot, NodeRecord

_SCORES_TO_SOFTMAX = frozenset({"Add", "Subtract", "Multiply", "Divide", "Select", "Convert"})
"""Scaling, masks and biases between the product of queries and keys and the Softmax."""


def find_attention_products(snapshot: GraphSnapshot) -> dict[str, str]:
    """Products of activations with a factor from a Softmax, or a result that goes into one; name -> reason."""
    products: dict[str, str] = {}
    for softmax in snapshot.nodes_of_type("Softmax", "LogSoftmax"):
        reason = f"it belongs to the attention around {softmax.name!r}, which the device runs fastest in float"
        below = _walk(
            softmax.name, lambda name: [reader.node for reader in snapshot.readers(name)], snapshot, preserves_precision
        )
        above = _walk(
            softmax.name, lambda name: [source.node for source in snapshot[name].inputs], snapshot, _passes_scores
        )
        for name in (*below, *above):
            if is_product_of_activations(snapshot, snapshot[name]):
                products.setdefault(name, reason)
    return products


def _passes_scores(snapshot: GraphSnapshot, node: NodeRecord) -> bool:
    return node.type in _SCORES_TO_SOFTMAX or preserves_precision(snapshot, node)


def _walk(
    start: str,
    step: Callable[[str], Iterable[str]],
    snapshot: GraphSnapshot,
    passes: Callable[[GraphSnapshot, NodeRecord], bool],
) -> list[str]:
    """The operations that a walk reaches: it goes on through those that ``passes`` accepts and ends at others."""
    reached: dict[str, None] = {}
    pending = deque([start])
    while pending:
        for name in step(pending.popleft()):
            if name not in reached:
                reached[name] = None
                if passes(snapshot, snapshot[name]):
                    pending.append(name)
    return list(reached)
