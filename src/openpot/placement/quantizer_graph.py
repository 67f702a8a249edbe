"""The draft of placement: a graph snapshot with quantizers between its nodes that are still being moved.

Nodes never change; quantizers are inserted, moved and removed. A quantizer is a node with one input and one output,
addressed by its key.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from openpot.graph.snapshot import GraphSnapshot, NodeRecord
from openpot.graph.tensor_id import InputId, TensorId
from openpot.placement.plan import QuantizerKind

FAKE_QUANTIZE = "FakeQuantize"


@dataclass
class DraftQuantizer:
    """A quantizer that may still move.

    When two meet on one edge, the upper one stays and takes over ``kind`` from the lower one if that has the higher
    ``priority``.
    """

    key: str
    name: str
    kind: QuantizerKind
    priority: int = 1


class QuantizerGraph:
    """The nodes of ``snapshot`` and the quantizers put between them."""

    def __init__(self, snapshot: GraphSnapshot) -> None:
        self.snapshot = snapshot
        self.quantizers: dict[str, DraftQuantizer] = {}
        self._sources: dict[InputId, TensorId] = {
            InputId(node.name, port): source
            for node in snapshot.nodes.values()
            for port, source in enumerate(node.inputs)
        }
        self._readers: dict[TensorId, list[InputId]] = {
            tensor: list(readers) for tensor, readers in snapshot.consumers.items()
        }

    def type_of(self, name: str) -> str:
        """Type of a node, ``FakeQuantize`` for quantizers."""
        return FAKE_QUANTIZE if name in self.quantizers else self.snapshot[name].type

    def record(self, name: str) -> NodeRecord:
        """The record of a node that is not a quantizer."""
        return self.snapshot[name]

    def num_inputs(self, name: str) -> int:
        """How many inputs a node has."""
        return 1 if name in self.quantizers else len(self.snapshot[name].inputs)

    def source(self, reader: InputId) -> TensorId:
        """What an input reads now."""
        return self._sources[reader]

    def sources(self, name: str) -> list[str]:
        """The nodes that the inputs of a node read now, in port order."""
        return [self._sources[InputId(name, port)].node for port in range(self.num_inputs(name))]

    def readers(self, tensor: TensorId) -> Sequence[InputId]:
        """Who reads an output now."""
        return tuple(self._readers.get(tensor, ()))

    def output_readers(self, name: str) -> list[InputId]:
        """Who reads any output of a node now, one entry for each connection."""
        outputs = 1 if name in self.quantizers else len(self.snapshot[name].output_shapes)
        return [reader for port in range(outputs) for reader in self.readers(TensorId(name, port))]

    def consumers(self, name: str) -> list[str]:
        """The nodes that read any output of a node now, one entry for each connection."""
        return [reader.node for reader in self.output_readers(name)]

    def is_constant(self, name: str) -> bool:
        """Whether a node's value is known without data; quantizers do not count as constants."""
        return name not in self.quantizers and name in self.snapshot.constants

    def quantized_tensor(self, key: str) -> TensorId:
        """The tensor of the graph that a quantizer quantizes, through other quantizers if there are any above it."""
        tensor = self.source(InputId(key, 0))
        while tensor.node in self.quantizers:
            tensor = self.source(InputId(tensor.node, 0))
        return tensor

    def insert(self, reader: InputId, name: str, kind: QuantizerKind, priority: int = 1) -> DraftQuantizer:
        """Put a new quantizer on the edge that ends at ``reader``."""
        key = self._free_key(name)
        quantizer = self.quantizers[key] = DraftQuantizer(key, name, kind, priority)
        source = self._sources[reader]
        readers = self._readers[source]
        readers[readers.index(reader)] = InputId(key, 0)
        self._sources[InputId(key, 0)] = source
        self._sources[reader] = TensorId(key)
        self._readers[TensorId(key)] = [reader]
        return quantizer

    def remove(self, key: str) -> None:
        """Take a quantizer out: its readers read what it read."""
        source = self._sources.pop(InputId(key, 0))
        freed = self._readers.pop(TensorId(key))
        readers = self._readers[source]
        place = readers.index(InputId(key, 0))
        readers[place : place + 1] = freed
        for reader in freed:
            self._sources[reader] = source
        del self.quantizers[key]

    def hand_over(self, key: str, to: str) -> None:
        """Give all readers of one quantizer to another on the same tensor and drop the first."""
        freed = self._readers.pop(TensorId(key))
        source = self._sources.pop(InputId(key, 0))
        self._readers[source].remove(InputId(key, 0))
        self._readers[TensorId(to)].extend(freed)
        for reader in freed:
            self._sources[reader] = TensorId(to)
        del self.quantizers[key]

    def sort_by_name(self, keys: Iterable[str] | None = None) -> list[DraftQuantizer]:
        """Quantizers in the order of their names."""
        chosen = self.quantizers.values() if keys is None else (self.quantizers[key] for key in keys)
        return sorted(chosen, key=lambda quantizer: quantizer.name)

    def _free_key(self, name: str) -> str:
        key, count = name, 0
        while key in self.quantizers or key in self.snapshot:
            count += 1
            key = f"{name}#{count}"
        return key
