"""First step of placement: a quantizer on every input (and, for some devices, output) that the table asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from openpot.config.hardware import HardwareTable
from openpot.graph.operation_kinds import MAC_OPERATIONS, OPERATIONS_WITH_BIAS
from openpot.graph.snapshot import GraphSnapshot, NodeRecord
from openpot.graph.tensor_id import InputId, TensorId
from openpot.placement.known_values import find_shape_operations, is_known
from openpot.placement.plan import QuantizerKind
from openpot.placement.quantizer_graph import FAKE_QUANTIZE, QuantizerGraph
from openpot.placement.table_entry import find_table_entry
from openpot.placement.virtual_bias import find_bias_add

_FIRST_INPUT_ONLY = frozenset(
    {
        "Interpolate", "Power", "ReduceMean", "NormalizeL2", "Assign", "PRelu", "Relu", "Sigmoid", "Tanh", "Clamp",
        "MVN",
    }
)  # fmt: skip
_PORTS = {"LSTMSequence": (0, 1, 4, 5), "GRUSequence": (0, 1, 3, 4)}
_ACTIVATION_FUNCTIONS = frozenset(
    {"power", "sigmoid", "tanh", "relu", "prelu", "clamp", "log", "abs", "exp", "sign", "softsign"}
)


def choose_quantized_ports(snapshot: GraphSnapshot, node: NodeRecord) -> tuple[int, ...]:
    """The input ports of an operation that are quantized, by POT's rules."""
    if node.type == "GRUSequence" and node.attributes.get("linear_before_reset", False):
        return ()
    if node.type in MAC_OPERATIONS:
        return (0, 1)
    if node.type in _PORTS:
        return _PORTS[node.type]
    if node.type in _FIRST_INPUT_ONLY or _is_scale_shift(snapshot, node):
        return (0,)
    return tuple(range(len(node.inputs)))


def insert_on_ports(graph: QuantizerGraph, name: str, ports: Iterable[int], priority: int = 1) -> list[str]:
    """Put a quantizer before each of these inputs of one operation; returns their keys.

    Shapes, and what is computed from them, get none.
    """
    keys = []
    for port in ports:
        reader = InputId(name, port)
        source = graph.source(reader).node
        if source in find_shape_operations(graph.snapshot):
            continue
        if graph.is_constant(source):
            quantizer = graph.insert(reader, f"{name}/fq_weights_{port}", QuantizerKind.WEIGHTS, priority)
        else:
            quantizer = graph.insert(reader, f"{name}/fq_input_{port}", QuantizerKind.ACTIVATIONS, priority)
        keys.append(quantizer.key)
    return keys


def insert_by_table(graph: QuantizerGraph, table: HardwareTable, left_out: Callable[[str], bool]) -> None:
    """Insert quantizers for every operation that the table lists, except those left out."""
    for node in graph.snapshot.nodes.values():
        entry = find_table_entry(table, graph.snapshot, node)
        if entry is None or graph.is_constant(node.name) or left_out(node.name):
            continue
        priority = 2 if entry.type in table.input_priority_types else 1
        insert_on_ports(graph, node.name, choose_quantized_ports(graph.snapshot, node), priority)
        if entry.outputs:
            bias = find_bias_add(graph.snapshot, node) if node.type in OPERATIONS_WITH_BIAS else None
            _insert_after(graph, bias.name if bias else node.name, left_out)


def _insert_after(graph: QuantizerGraph, name: str, left_out: Callable[[str], bool]) -> None:
    """Insert one quantizer for each reader of each output of an operation."""
    node = graph.record(name)
    first = node.type == "Parameter" or node.type.lower() in _ACTIVATION_FUNCTIONS
    for output in range(len(node.output_shapes)):
        for place, reader in enumerate(graph.readers(TensorId(name, output))):
            kind = graph.type_of(reader.node)
            if kind == "ShapeOf" or (kind != FAKE_QUANTIZE and left_out(reader.node)):
                continue
            graph.insert(reader, f"{name}/fq_output_{output}_{place}", QuantizerKind.OUTPUTS, 1 if first else 0)


def _is_scale_shift(snapshot: GraphSnapshot, node: NodeRecord) -> bool:
    """Whether a Multiply by a constant is followed by an Add of a constant: devices fuse both."""
    if node.type != "Multiply" or not is_known(snapshot, node.inputs[1].node):
        return False
    readers = snapshot.readers(node.name)
    reader = snapshot[readers[0].node] if readers else None
    return reader is not None and reader.type == "Add" and is_known(snapshot, reader.inputs[1].node)
