"""Which tensors of a graph are weights that can be stored in few bits, and why the others are not."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from openpot.graph.operation_kinds import ALL_CONVOLUTIONS, FLOAT_TYPES, MAC_OPERATIONS, RECURRENT
from openpot.graph.snapshot import GraphSnapshot, NodeRecord
from openpot.graph.tensor_id import InputId, TensorId
from openpot.graph.weights import weight_input_axis
from openpot.placement.mac_suitability import find_stored_type

MIN_VALUES = 1024
"""Smaller tensors are left alone: what unpacks them takes as much as is saved."""
HALF = "stored in half precision"
_RANK_OF_TABLE = 2
_RANK_OF_PRODUCT = 2


class Role(StrEnum):
    """What weights are for."""

    LAYER = "layer"
    TABLE = "table"
    """Rows are looked up."""
    LAST_PRODUCT = "last product"
    """Nothing with weights follows: errors reach the output as they are."""


@dataclass(frozen=True)
class WeightTensor:
    """Weights that can be stored in few bits.

    Attributes:
        tensor: what readers read now: a constant, or what is computed from constants.
        readers: who reads it.
        shape: of it.
        axis: the axis that readers sum over, or a look-up returns as a whole; groups lie along it.
        role: what they are for.
        is_looked_up: whether one of the readers looks up rows.
        stored_type: the low-precision type that they are stored in already; None for float.
    """

    tensor: TensorId
    readers: tuple[InputId, ...]
    shape: tuple[int, ...]
    axis: int
    role: Role
    is_looked_up: bool = False
    stored_type: str | None = None

    @property
    def name(self) -> str:
        """The operation that reads them, the first one if several do."""
        return self.readers[0].node

    @property
    def num_weights(self) -> int:
        """How many there are."""
        return math.prod(self.shape)

    @property
    def row_length(self) -> int:
        """Weights along the axis."""
        return self.shape[self.axis]


@dataclass(frozen=True)
class KeptWeights:
    """Weights that stay as they are: who reads them, how many, and why."""

    name: str
    type: str
    num_weights: int
    reason: str


@dataclass(frozen=True)
class FoundWeights:
    """All weights of a graph of at least ``MIN_VALUES`` numbers."""

    tensors: tuple[WeightTensor, ...]
    kept: tuple[KeptWeights, ...]


def find_weights(snapshot: GraphSnapshot, ignored: Mapping[str, str] | None = None) -> FoundWeights:
    """The weights of one graph in the order of their first readers.

    Args:
        snapshot: a model or a body.
        ignored: reasons of operations that the user left out, by name.
    """
    tensors: list[WeightTensor] = []
    kept: list[KeptWeights] = []
    seen: set[TensorId] = set()
    last = _last_products(snapshot)
    for record in snapshot.nodes.values():
        for source in _weight_sources(snapshot, record):
            if source in seen or _size(snapshot, source) < MIN_VALUES:
                continue
            seen.add(source)
            readers = snapshot.readers(source.node, source.port)
            described = _describe(snapshot, source, readers, last, ignored or {})
            if isinstance(described, WeightTensor):
                tensors.append(described)
            else:
                kept.append(KeptWeights(record.name, record.type, _size(snapshot, source), described))
    return FoundWeights(tuple(tensors), tuple(kept))


def _weight_sources(snapshot: GraphSnapshot, record: NodeRecord) -> list[TensorId]:
    """The constant inputs of an operation that hold weights."""
    if record.name in snapshot.constants:
        return []
    if record.type in MAC_OPERATIONS:
        constant = [source for source in record.inputs[:2] if source.node in snapshot.constants]
        return constant if len(constant) == 1 else []
    if record.type == "Gather":
        source = record.inputs[0]
        is_table = source.node in snapshot.constants and snapshot.element_type(source) in FLOAT_TYPES
        return [source] if is_table else []
    if record.type in RECURRENT:
        return [source for source in record.inputs if source.node in snapshot.constants]
    return []


def _describe(
    snapshot: GraphSnapshot,
    source: TensorId,
    readers: Sequence[InputId],
    last: frozenset[str],
    ignored: Mapping[str, str],
) -> WeightTensor | str:
    """The weights behind a tensor, or why it stays as it is."""
    shape = snapshot.shape(source) or ()
    if snapshot[source.node].type == "FakeQuantize":
        return "it is quantized together with its data"
    axes = set()
    for reader in readers:
        if reader.node in ignored:
            return ignored[reader.node]
        axis = _find_summed_axis(snapshot, snapshot[reader.node], reader.port, shape)
        if isinstance(axis, str):
            return axis
        axes.add(axis)
    if len(axes) > 1:
        return "its readers sum over different axes"
    names = {reader.node for reader in readers}
    is_looked_up = any(snapshot[name].type == "Gather" for name in names)
    role = Role.LAST_PRODUCT if names & last else Role.TABLE if is_looked_up else Role.LAYER
    sizes = tuple(int(size or 0) for size in shape)
    stored_type = find_stored_type(snapshot, source.node)
    return WeightTensor(source, tuple(readers), sizes, axes.pop(), role, is_looked_up, stored_type)


def _find_summed_axis(
    snapshot: GraphSnapshot, record: NodeRecord, port: int, shape: tuple[int | None, ...]
) -> int | str:
    """The axis along which groups lie for one reader, or why it takes no packed weights."""
    if record.type in ALL_CONVOLUTIONS:
        return f"the device unpacks the weights of convolutions when it compiles them: {HALF}"
    if record.type in RECURRENT:
        return f"the device takes weights of recurrent operations in float only: {HALF}"
    if record.type == "Gather" and port == 0:
        return 1 if _looks_up_rows(record, shape) else "not looked up by rows"
    if record.type != "MatMul":
        return f"a {record.type} reads it, too"
    if port == 0 or len(shape) > _RANK_OF_PRODUCT:
        place = "on the left of a product" if port == 0 else "of a product with a batch of matrices"
        return f"weights {place}: the device unpacks them, and computes wrongly on several streams: {HALF}"
    axis_of_product = weight_input_axis(record, len(shape), port)
    return "a vector" if axis_of_product is None else axis_of_product


def _looks_up_rows(record: NodeRecord, shape: tuple[int | None, ...]) -> bool:
    """Whether a Gather returns whole rows of a matrix; a square one does not tell by its shape."""
    if len(shape) != _RANK_OF_TABLE or shape[0] == shape[1] or record.attributes.get("batch_dims"):
        return False
    return bool(record.output_shape) and record.output_shape[-1] == shape[1]  # type: ignore[index]


def _last_products(snapshot: GraphSnapshot) -> frozenset[str]:
    """Operations with weights after which none with weights follows."""
    precede: set[str] = set()
    last: set[str] = set()
    for record in reversed(list(snapshot.nodes.values())):
        readers = [reader.node for reader in snapshot.readers(record.name)]
        has_weights = record.type in MAC_OPERATIONS | RECURRENT and bool(_weight_sources(snapshot, record))
        followed = any(name in precede for name in readers)
        if has_weights and not followed:
            last.add(record.name)
        if has_weights or followed:
            precede.add(record.name)
    return frozenset(last)


def _size(snapshot: GraphSnapshot, source: TensorId) -> int:
    shape = snapshot.shape(source)
    return 0 if shape is None else math.prod(size or 0 for size in shape)
