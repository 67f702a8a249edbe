"""What the device really runs: for each operation of a model the precision and kernel it is executed with.

The runtime fuses, renames and replaces operations. Its executed graph tells for each executed node which original ones
are in it (``originalLayersNames``), with suffixes of its own; that is undone here as far as it can be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from openpot.graph.operation_kinds import SEQUENCES
from openpot.inference.compile import compile_model

if TYPE_CHECKING:
    from openpot.graph.types import CompiledModel, Model, Node

INTEGER_PRECISIONS = frozenset({"i8", "u8", "i4", "u4"})

_ADDED_SUFFIX = re.compile(r"(_original|/Dequantization(Multiply|Subtract|Convert)?(_\d+)*)+$")
_EXECUTED_SEQUENCE = "RNNSeq"


@dataclass(frozen=True)
class ExecutedOperation:
    """How one operation is executed.

    Attributes:
        node: name of the executed node that it is part of.
        layer_type: the runtime's type of that node (``Convolution``, ``FullyConnected``, ``Subgraph``...).
        precision: type that it computes with (``u8``, ``i8``, ``f32``, ``bf16``...).
        kernel: implementation (``brgconv_avx512_I8``, ``ref_any_f32``...).
    """

    node: str
    layer_type: str
    precision: str
    kernel: str

    @property
    def is_integer(self) -> bool:
        """Whether it computes with integers of at most 8 bits."""
        return self.precision in INTEGER_PRECISIONS


@dataclass(frozen=True)
class ExecutedGraph:
    """The executed operations of a model by name; what was folded or fused without a trace is not among them."""

    operations: Mapping[str, ExecutedOperation]

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


def executed_graph(
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
    found: dict[str, ExecutedOperation] = {}
    nameless: list[ExecutedOperation] = []
    for node in _in_executed_order(compiled.get_runtime_model().get_ops()):
        executed = _executed(node)
        names = list(_original_names(_text(node, "originalLayersNames"), originals))
        for name in names:
            found.setdefault(name, executed)
        if not names and executed.layer_type == _EXECUTED_SEQUENCE:
            nameless.append(executed)
    found.update(_replaced_sequences(originals, found, nameless))
    return ExecutedGraph({name: found[name] for name in originals if name in found})


def _in_executed_order(nodes: Sequence[Node]) -> list[Node]:
    return sorted(nodes, key=lambda node: int(_text(node, "execOrder") or 0))


def _executed(node: Node) -> ExecutedOperation:
    return ExecutedOperation(
        node.get_friendly_name(),
        _text(node, "layerType"),
        _text(node, "runtimePrecision").lower(),
        _text(node, "primitiveType"),
    )


def _text(node: Node, key: str) -> str:
    facts = node.get_rt_info()
    return str(facts[key].value) if key in facts else ""


def _original_names(joined: str, originals: Mapping[str, str]) -> Iterator[str]:
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


def _replaced_sequences(
    originals: Mapping[str, str], found: Mapping[str, ExecutedOperation], nameless: Sequence[ExecutedOperation]
) -> dict[str, ExecutedOperation]:
    """Bidirectional sequence operations run as two, under new names: they are told by their order."""
    lost = [name for name, kind in originals.items() if kind in SEQUENCES and name not in found]
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
