"""What the device really runs: for each operation of a model the precision and kernel it is executed with.

The runtime fuses, renames and replaces operations. Its executed graph tells for each executed node which original ones
are in it (``originalLayersNames``), with suffixes of its own; that is undone here as far as it can be.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from openpot.graph.moved_values import is_integer
from openpot.graph.multiplications import count_multiplications
from openpot.graph.operation_kinds import SEQUENCES
from openpot.graph.revisions import snapshot_graphs
from openpot.inference.compile import compile_model
from openpot.placement.mac_suitability import find_stored_type

if TYPE_CHECKING:
    from openpot.graph.snapshot import GraphSnapshot
    from openpot.graph.tensor_id import TensorId
    from openpot.graph.types import CompiledModel, Model, Node

INTEGER_PRECISIONS = frozenset({"i8", "u8", "i4", "u4"})
_LOW_PRECISIONS = INTEGER_PRECISIONS | {"i2", "u2", "u3", "u6", "nf4", "f4e2m1", "f8e4m3", "f8e5m2"}
_KERNEL_PRECISION = re.compile(r"_(i8|u8|f32|f16|bf16)$", re.IGNORECASE)
_INSTRUCTION_SET = re.compile(r"(avx512(?:_amx)?|avx2(?:_vnni)?|sse4\d|amx|sve\d*|asimd|neon)", re.IGNORECASE)
_SUBGRAPH = "Subgraph"
_EXECUTED_SEQUENCE = "RNNSeq"
_NOT_EXECUTED = frozenset({"Const", "Input", "Output"})
_MULTIPLYING = frozenset({"Convolution", "Deconvolution", "FullyConnected", "MatMul", _EXECUTED_SEQUENCE, _SUBGRAPH})
"""Types of executed nodes that multiply and accumulate."""

_ADDED_SUFFIX = re.compile(r"(_original|/Dequantization(Multiply|Subtract|Convert)?(_\d+)*)+$")


class Arithmetic(StrEnum):
    """What an operation that multiplies and accumulates computes with."""

    INT8 = "INT8"
    WEIGHT_ONLY = "weight-only"
    """Weights are stored as integers, and unpacked to be multiplied in float."""
    FLOAT = "float"


@dataclass(frozen=True)
class ExecutedOperation:
    """How one operation is executed.

    Attributes:
        node: name of the executed node that it is part of.
        layer_type: the runtime's type of that node (``Convolution``, ``FullyConnected``, ``Subgraph``...).
        precision: type that it computes with (``u8``, ``i8``, ``f32``, ``bf16``...).
        kernel: implementation (``brgconv_avx512_I8``, ``ref_any_f32``...).
        inputs: types of what that node reads, constants included.
        known_arithmetic: what it computes with, where that is known from something else than the node.
    """

    node: str
    layer_type: str
    precision: str
    kernel: str
    inputs: tuple[str, ...] = ()
    known_arithmetic: Arithmetic | None = None

    @property
    def is_integer(self) -> bool:
        """Whether it computes with integers of at most 8 bits."""
        return self.arithmetic == Arithmetic.INT8

    @property
    def computes_in(self) -> str:
        """The type that is multiplied: not that of weights which are unpacked first."""
        kernel = _KERNEL_PRECISION.search(self.kernel)
        return kernel[1].lower() if self.arithmetic == Arithmetic.WEIGHT_ONLY and kernel else self.precision

    @property
    def arithmetic(self) -> Arithmetic:
        """What it computes with: the precision of a node is that of its weights where these are unpacked."""
        if self.known_arithmetic is not None:
            return self.known_arithmetic
        kernel = _KERNEL_PRECISION.search(self.kernel)
        computed = kernel[1].lower() if kernel else self.precision
        if computed in INTEGER_PRECISIONS:
            return Arithmetic.INT8
        weights = self.inputs[1] if len(self.inputs) > 1 else ""
        is_product = self.layer_type in ("FullyConnected", "MatMul")
        is_packed = self.precision in INTEGER_PRECISIONS or weights in _LOW_PRECISIONS
        return Arithmetic.WEIGHT_ONLY if is_product and is_packed else Arithmetic.FLOAT


@dataclass(frozen=True)
class ExecutedGraph:
    """The executed operations of a model by name; what was folded or fused without a trace is not among them.

    Attributes:
        operations: as above.
        num_nodes: how many nodes the device executes, its own conversions and reorderings included.
    """

    operations: Mapping[str, ExecutedOperation]
    num_nodes: int = 0

    def __getitem__(self, operation: str) -> ExecutedOperation:
        return self.operations[operation]

    def __contains__(self, operation: object) -> bool:
        return operation in self.operations

    def __iter__(self) -> Iterator[str]:
        return iter(self.operations)

    def __len__(self) -> int:
        return len(self.operations)

    def get(self, operation: str) -> ExecutedOperation | None:
        """How an operation is executed; None if the executed graph does not tell."""
        return self.operations.get(operation)


def read_executed_graph(
    model: Model,
    device: str = "CPU",
    properties: Mapping[str, object] | None = None,
    compiled: CompiledModel | None = None,
) -> ExecutedGraph:
    """What ``device`` runs for each operation of ``model``.

    Args:
        model: the model.
        device: where it shall run.
        properties: how it is compiled; None for exact FP32 where it is not INT8, an empty dict for the device's own
            choice.
        compiled: ``model`` if it is compiled already; the two arguments before have no effect then.

    Raises:
        DeviceError: the device is not on this machine.
        ModelError: the device cannot compile the model.
    """
    compiled = compiled or compile_model(model, device, properties)
    originals = {node.get_friendly_name(): node.get_type_name() for node in model.get_ordered_ops()}
    operations: dict[str, ExecutedOperation] = {}
    nameless: list[ExecutedOperation] = []
    num_nodes = 0
    for node in _sort_by_execution(compiled.get_runtime_model().get_ops()):
        executed = _read_operation(node)
        num_nodes += executed.layer_type not in _NOT_EXECUTED
        names = list(_split_names(_read_text(node, "originalLayersNames"), originals))
        for name in names:
            operations.setdefault(name, executed)
        if not names and executed.layer_type == _EXECUTED_SEQUENCE:
            nameless.append(executed)
    operations.update(_match_sequences(originals, operations, nameless))
    snapshot = snapshot_graphs(model)[""]
    operations.update(_follow_readers(snapshot, operations))
    operations.update(_find_subgraph_products(snapshot, operations))
    return ExecutedGraph({name: operations[name] for name in originals if name in operations}, num_nodes)


def name_instruction_set(executed: ExecutedGraph) -> str:
    """The instruction sets in the names of the kernels that multiply, such as ``avx512``; empty if they name none."""
    multiplying = (operation for operation in executed.operations.values() if operation.layer_type in _MULTIPLYING)
    kernels = {operation.node: operation.kernel for operation in multiplying}
    matches = (_INSTRUCTION_SET.search(kernel) for kernel in kernels.values())
    counts = Counter(match[1].lower() for match in matches if match is not None)
    return " and ".join(name for name, _ in counts.most_common())


def _sort_by_execution(nodes: Sequence[Node]) -> list[Node]:
    return sorted(nodes, key=lambda node: int(_read_text(node, "execOrder") or 0))


def _read_operation(node: Node) -> ExecutedOperation:
    return ExecutedOperation(
        node.get_friendly_name(),
        _read_text(node, "layerType"),
        _read_text(node, "runtimePrecision").lower(),
        _read_text(node, "primitiveType"),
        tuple(_read_text(value.get_node(), "outputPrecisions").split(",")[0].lower() for value in node.input_values()),
    )


def _read_text(node: Node, key: str) -> str:
    facts = node.get_rt_info()
    return str(facts[key].value) if key in facts else ""


def _split_names(joined: str, originals: Mapping[str, str]) -> Iterator[str]:
    """The names in a list joined by commas, of which names may hold some themselves."""
    pieces = joined.split(",") if joined else []
    start = 0
    while start < len(pieces):
        for end in range(len(pieces), start, -1):
            name = ",".join(pieces[start:end])
            known = name if name in originals else _ADDED_SUFFIX.sub("", name)
            if known in originals:
                yield known
                start = end
                break
        else:
            start += 1


def _match_sequences(
    originals: Mapping[str, str], known: Mapping[str, ExecutedOperation], nameless: Sequence[ExecutedOperation]
) -> dict[str, ExecutedOperation]:
    """Bidirectional sequence operations run as two, under new names: they are matched by their order."""
    lost = [name for name, kind in originals.items() if kind in SEQUENCES and name not in known]
    if not lost or len(nameless) % len(lost):
        return {}
    each = len(nameless) // len(lost)
    answer = {}
    for number, name in enumerate(lost):
        parts = nameless[number * each : (number + 1) * each]
        if parts:
            # In float if one direction is.
            answer[name] = min(parts, key=lambda part: part.is_integer)
    return answer


def _follow_readers(snapshot: GraphSnapshot, known: Mapping[str, ExecutedOperation]) -> dict[str, ExecutedOperation]:
    """Operations that the executed graph does not name, by what reads their output and was fused with them."""
    taken = {executed.node for name, executed in known.items() if count_multiplications(snapshot, snapshot[name])}
    answer: dict[str, ExecutedOperation] = {}
    for record in snapshot.nodes.values():
        if record.name in known or record.name in snapshot.constants or not count_multiplications(snapshot, record):
            continue
        name = record.name
        while name not in known and len(snapshot.readers(name)) == 1:
            name = snapshot.readers(name)[0].node
        executed = known.get(name)
        if executed is not None and executed.layer_type in _MULTIPLYING and executed.node not in taken:
            answer[record.name] = executed
            taken.add(executed.node)
    return answer


def _find_subgraph_products(
    snapshot: GraphSnapshot, known: Mapping[str, ExecutedOperation]
) -> dict[str, ExecutedOperation]:
    """Products inside generated code, whose node is reported in float whatever it multiplies.

    They multiply integers if the node takes integers in, and both operands are integers in the model.
    """
    answer: dict[str, ExecutedOperation] = {}
    for name, executed in known.items():
        if executed.layer_type != _SUBGRAPH or not set(executed.inputs) & INTEGER_PRECISIONS:
            continue
        if not count_multiplications(snapshot, snapshot[name]):
            continue
        packed = [_is_packed(snapshot, source) for source in snapshot[name].inputs[:2]]
        if all(packed):
            answer[name] = replace(executed, precision="i8", known_arithmetic=Arithmetic.INT8)
        elif any(packed):
            is_weight = [source.node in snapshot.constants for source in snapshot[name].inputs[:2]]
            arithmetic = Arithmetic.WEIGHT_ONLY if packed == is_weight else Arithmetic.FLOAT
            answer[name] = replace(executed, known_arithmetic=arithmetic)
    return answer


def _is_packed(snapshot: GraphSnapshot, tensor: TensorId) -> bool:
    return is_integer(snapshot, tensor) or (
        tensor.node in snapshot.constants and find_stored_type(snapshot, tensor.node) is not None
    )
