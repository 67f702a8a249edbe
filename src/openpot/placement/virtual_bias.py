"""The graph as POT saw it: every convolution followed by a bias.

POT gave each convolution without a bias an Add of zeros when it loaded a model, and its rules about fused operations
count on that. Here the Add exists in a copy of the snapshot only; what stands after it stands after the convolution in
the real graph.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from openpot.graph.operation_kinds import CONVOLUTIONS
from openpot.graph.snapshot import GraphSnapshot, NodeRecord
from openpot.graph.tensor_id import InputId, TensorId


@dataclass(frozen=True)
class BiasedGraph:
    """A snapshot in which every convolution has a bias; ``added`` maps each new Add to its convolution."""

    snapshot: GraphSnapshot
    added: dict[str, str]

    def real_tensor(self, tensor: TensorId) -> TensorId:
        """The tensor of the original graph."""
        return TensorId(self.added[tensor.node], 0) if tensor.node in self.added else tensor

    def is_real(self, reader: InputId) -> bool:
        """Whether an input exists in the original graph."""
        return reader.node not in self.added


def add_virtual_biases(snapshot: GraphSnapshot) -> BiasedGraph:
    """A copy of ``snapshot`` with an Add of zeros, named ``<convolution>/add_``, after each bare convolution."""
    bare = [node for node in snapshot.nodes_of_type(*CONVOLUTIONS) if find_bias_add(snapshot, node) is None]
    new_names = {node.name: f"{node.name}/add_" for node in bare if f"{node.name}/add_" not in snapshot}
    nodes: list[NodeRecord] = []
    for node in snapshot.nodes.values():
        inputs = tuple(TensorId(new_names.get(source.node, source.node), source.port) for source in node.inputs)
        nodes.append(replace(node, inputs=inputs))
        if node.name in new_names:
            nodes.extend(_build_zero_bias(node, new_names[node.name]))
    return BiasedGraph(GraphSnapshot(nodes), {added: name for name, added in new_names.items()})


def find_bias_add(snapshot: GraphSnapshot, node: NodeRecord) -> NodeRecord | None:
    """The Add of a constant that is the only reader of an operation, or None."""
    readers = snapshot.readers(node.name)
    if len(readers) != 1:
        return None
    reader = snapshot[readers[0].node]
    has_constant = any(source.node in snapshot.constants for source in reader.inputs)
    return reader if reader.type == "Add" and has_constant else None


def _build_zero_bias(node: NodeRecord, name: str) -> list[NodeRecord]:
    values = NodeRecord(f"{name}/bias", "Constant", output_types=node.output_types)
    added = NodeRecord(
        name, "Add", (TensorId(node.name), TensorId(values.name)), node.output_shapes[:1], node.output_types[:1]
    )
    return [values, added]
