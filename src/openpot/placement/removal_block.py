"""Which quantizers are removed together: those around the operations that one quantizer serves.

Removing a single quantizer would leave operations with one quantized and one float input, which no device runs in
INT8. So all quantizers that are connected through the operations they feed are removed at once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from openpot.graph.snapshot import NodeRecord
from openpot.graph.tensor_id import InputId
from openpot.placement.quantizer_graph import FAKE_QUANTIZE, QuantizerGraph


@dataclass(frozen=True)
class RemovalBlock:
    """Keys of quantizers to remove, and the operations that are reverted to float; in the order of the search."""

    quantizers: tuple[str, ...]
    operations: tuple[str, ...]


def find_removal_block(
    graph: QuantizerGraph,
    start: str,
    is_agnostic: Callable[[NodeRecord], bool],
    is_quantizable: Callable[[NodeRecord], bool],
) -> RemovalBlock:
    """The block around the quantizer ``start``.

    Args:
        graph: The quantizers of the draft, or a snapshot of a model that holds FakeQuantize operations.
        start: Key of the quantizer.
        is_agnostic: Whether the search goes on through an operation, down and up.
        is_quantizable: Whether an operation is reported as reverted.
    """
    return _BlockSearch(graph, is_agnostic, is_quantizable).search(start)


class _BlockSearch:
    def __init__(
        self,
        graph: QuantizerGraph,
        is_agnostic: Callable[[NodeRecord], bool],
        is_quantizable: Callable[[NodeRecord], bool],
    ) -> None:
        self.graph, self.is_agnostic, self.is_quantizable = graph, is_agnostic, is_quantizable
        self.quantizers: dict[str, None] = {}
        self.operations: dict[str, None] = {}

    def search(self, start: str) -> RemovalBlock:
        pending = deque([start])
        while pending:
            key = pending.popleft()
            if key in self.quantizers:
                continue
            self.quantizers[key] = None
            for operation in self._find_served(key):
                self.operations[operation] = None
                pending.extend(self._find_serving(operation))
        reported = tuple(name for name in self.operations if self.is_quantizable(self.graph.record(name)))
        return RemovalBlock(tuple(self.quantizers), reported)

    def _find_served(self, key: str) -> list[str]:
        """The operations that a quantizer feeds, directly or through agnostic ones; the latter are among them."""
        operations: dict[str, None] = {}
        pending = deque([key])
        while pending:
            for name in self.graph.consumers(pending.popleft()):
                if name in operations or self._is_quantizer(name):
                    continue
                operations[name] = None
                if self.is_agnostic(self.graph.record(name)):
                    pending.append(name)
        return list(operations)

    def _find_serving(self, operation: str) -> list[str]:
        """The quantizers on the inputs of an operation, looked for through agnostic operations above."""
        quantizers: list[str] = []
        seen: set[str] = set()
        pending = deque([operation])
        while pending:
            name = pending.popleft()
            for port in range(self.graph.num_inputs(name)):
                source = self.graph.source(InputId(name, port)).node
                if self._is_quantizer(source):
                    quantizers.append(source)
                elif source not in seen and self.is_agnostic(self.graph.record(source)):
                    seen.add(source)
                    pending.append(source)
        return quantizers

    def _is_quantizer(self, name: str) -> bool:
        return self.graph.type_of(name) == FAKE_QUANTIZE
