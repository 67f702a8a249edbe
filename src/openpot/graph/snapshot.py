"""A read-only view of a model as plain Python data, taken once and walked many times.

Every call into OpenVINO costs a language boundary; placement, matching and reports walk the graph many times. They walk
this snapshot instead: it is linear to build, holds no OpenVINO object and can be made by hand in tests.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from openpot.graph.tensor_id import InputId, TensorId

Shape = tuple[int | None, ...] | None
"""Sizes with None for a dynamic dimension; None as a whole for a dynamic rank."""


@dataclass(frozen=True, slots=True)
class NodeRecord:
    """One operation: its full name, type, where its inputs come from, and what its outputs look like."""

    name: str
    type: str
    inputs: tuple[TensorId, ...] = ()
    output_shapes: tuple[Shape, ...] = ((),)
    output_types: tuple[str, ...] = ("f32",)
    attributes: Mapping[str, object] = field(default_factory=dict)

    @property
    def output_shape(self) -> Shape:
        """Shape of the first output."""
        return self.output_shapes[0] if self.output_shapes else None

    @property
    def output_type(self) -> str:
        """Element type of the first output, as OpenVINO prints it (``f32``, ``i64``...)."""
        return self.output_types[0] if self.output_types else "dynamic"


class GraphSnapshot:
    """The nodes of one graph (a model or one sub-graph body) in topological order, with their consumers."""

    def __init__(self, nodes: Iterable[NodeRecord]) -> None:
        self.nodes: dict[str, NodeRecord] = {node.name: node for node in nodes}

    def __getitem__(self, name: str) -> NodeRecord:
        return self.nodes[name]

    def __contains__(self, name: object) -> bool:
        return name in self.nodes

    @cached_property
    def consumers(self) -> dict[TensorId, tuple[InputId, ...]]:
        """Who reads each output, in topological order of the readers."""
        readers_of: dict[TensorId, list[InputId]] = {}
        for node in self.nodes.values():
            for port, source in enumerate(node.inputs):
                readers_of.setdefault(source, []).append(InputId(node.name, port))
        return {tensor: tuple(readers) for tensor, readers in readers_of.items()}

    def shape(self, tensor: TensorId) -> Shape:
        """Shape of one output."""
        return self.nodes[tensor.node].output_shapes[tensor.port]

    def element_type(self, tensor: TensorId) -> str:
        """Element type of one output, as OpenVINO prints it."""
        return self.nodes[tensor.node].output_types[tensor.port]

    def readers(self, name: str, port: int | None = None) -> tuple[InputId, ...]:
        """Who reads output ``port`` of a node, or any of its outputs."""
        if port is not None:
            return self.consumers.get(TensorId(name, port), ())
        outputs = range(len(self.nodes[name].output_shapes))
        return tuple(reader for number in outputs for reader in self.consumers.get(TensorId(name, number), ()))

    @cached_property
    def constants(self) -> frozenset[str]:
        """Nodes whose value is known without data: constants and whatever is computed from constants alone."""
        known: set[str] = set()
        for node in self.nodes.values():
            from_constants = bool(node.inputs) and all(source.node in known for source in node.inputs)
            if node.type == "Constant" or (from_constants and node.type != "Result"):
                known.add(node.name)
        return frozenset(known)

    @cached_property
    def shape_arithmetic(self) -> frozenset[str]:
        """Nodes that compute with shapes: ShapeOf and whatever depends on ShapeOf and constants alone."""
        computed: set[str] = set()
        for node in self.nodes.values():
            varying = [source.node for source in node.inputs if source.node not in self.constants]
            if node.type == "ShapeOf" or (varying and all(name in computed for name in varying)):
                computed.add(node.name)
        return frozenset(computed)

    def nodes_of_type(self, *types: str) -> list[NodeRecord]:
        """The nodes of these types in topological order."""
        return [node for node in self.nodes.values() if node.type in types]
