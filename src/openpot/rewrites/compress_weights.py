"""Stores weights in as few bytes as lose nothing: integers where they are quantized, half precision elsewhere.

OpenVINO turns packed weights back when it compiles a model, so that neither speed nor precision of the calculation
changes. Its own FP16 packing skips every model that holds a FakeQuantize, and clips what does not fit.

The rule for half precision. A constant is packed if all of this holds:

* it is float32, has at least ``MIN_SIZE`` values (below, the description of the extra operation costs more than is
  saved), and every reader takes it as weights or as a table: an operand of a convolution or MatMul, the weights of a
  recurrent operation, the table of a Gather, or an Add of a table (more than one axis longer than 1). Constants that
  half precision holds exactly, as they came from a file in half precision, may be read by anything that is computed
  with data;
* so limits of FakeQuantize, scales, zero points, biases, shapes and everything else that feeds them stay exact;
* every value is finite and within the range of float16;
* in every channel the error is at most ``MAX_RELATIVE_ERROR`` of the values (in the root of sums of squares). Values of
  usual size are rounded by less than half of that; channels of tiny values, which would become zero, forbid it, unless
  they are below ``NEGLIGIBLE`` times the largest channel (the square of the resolution of float32): such are dead.

What that does to the outputs is measured where they are (:mod:`openpot.search.weight_storage`): a network that takes
logarithms of spectra shows the rounding of its filters.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from openpot.graph.build import constant, convert
from openpot.graph.edit import ModelEditor
from openpot.graph.operation_kinds import MAC_OPERATIONS
from openpot.graph.pack_quantized import pack_quantized_constants
from openpot.graph.revisions import mark_changed, snapshot_graphs
from openpot.graph.snapshot import GraphSnapshot, NodeRecord
from openpot.graph.tensor_id import InputId
from openpot.graph.weights import weight_channel_axes
from openpot.rewrites.float_convolutions import fix_weights_of_float_convolutions
from openpot.rewrites.four_bit_weights import widen_four_bit_weights
from openpot.rewrites.shared_constants import hidden_from_packing, quantizers_over_shared_constants
from openpot.typing_aliases import FloatArray

if TYPE_CHECKING:
    from openpot.graph.model import CompressedModel
    from openpot.graph.types import Model

MIN_SIZE = 1024
MAX_RELATIVE_ERROR = 2.0**-10
NEGLIGIBLE = 2.0**-48
BLOCK_VALUES = 2**18
"""Values that are compared at once: small beside any model."""
HALF_SUFFIX = "_compressed"
"""What OpenVINO appends to the name of a constant that it packs."""

_WEIGHT_PORTS = {
    **dict.fromkeys(MAC_OPERATIONS, (1,)),
    "MatMul": (0, 1),
    "Gather": (0,),
    "LSTMSequence": (4, 5),
    "GRUSequence": (3, 4),
    "RNNSequence": (3, 4),
    "LSTMCell": (3, 4),
    "GRUCell": (2, 3),
    "RNNCell": (2, 3),
}


@dataclass(frozen=True)
class KeptConstant:
    """A large constant that stays float32, with the reason."""

    constant: str
    reason: str


@dataclass(frozen=True)
class StoredWeights:
    """What is stored as integers (names of FakeQuantize operations), in half precision, and what is kept and why."""

    integers: tuple[str, ...] = ()
    halves: tuple[str, ...] = ()
    kept: tuple[KeptConstant, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether the model is another one now."""
        return bool(self.integers or self.halves)


def compress_model_weights(model: CompressedModel) -> None:
    """Store the weights of all models of a CompressedModel compactly, in place: see ``compress_weights``.

    Raises:
        MissingExtraError: This OpenVINO cannot store quantized weights as integers.
    """
    for member in model.members:
        compress_weights(member.model, model.stores_exactly)


def compress_weights(model: Model, exactly: bool = False) -> StoredWeights:
    """Store quantized weights as integers and the float32 weights that are left in half precision where that is safe.

    Args:
        model: Changed in place, its sub-graph bodies included.
        exactly: Store in half precision only what it holds without any rounding.

    Raises:
        MissingExtraError: This OpenVINO cannot store quantized weights as integers.
    """
    mark_changed(model)  # whoever calls this may have changed the model by other means
    fix_weights_of_float_convolutions(model)
    shared = [name for graph in snapshot_graphs(model).values() for name in quantizers_over_shared_constants(graph)]
    with hidden_from_packing(model, shared):
        integers = pack_quantized_constants(model)
    widen_four_bit_weights(model)
    halves: list[str] = []
    kept: list[KeptConstant] = []
    with ModelEditor(model) as editor:
        for snapshot in snapshot_graphs(model).values():
            for node in snapshot.nodes_of_type("Constant"):
                if not _is_candidate(editor, snapshot, node):
                    continue
                reason = _pack(editor, snapshot, node, exactly)
                if reason:
                    kept.append(KeptConstant(node.name, reason))
                else:
                    halves.append(node.name)
    return StoredWeights(integers, tuple(halves), tuple(kept))


def _is_candidate(editor: ModelEditor, snapshot: GraphSnapshot, node: NodeRecord) -> bool:
    shape, readers = _known_shape(node), snapshot.readers(node.name)
    if node.output_type != "f32" or math.prod(shape) < MIN_SIZE or not readers:
        return False
    if all(_reads_weights(snapshot, reader, shape) for reader in readers):
        return True
    return all(_reads_data(snapshot, reader) for reader in readers) and _is_exact(editor.nodes.node(node.name).data)


def _reads_weights(snapshot: GraphSnapshot, reader: InputId, shape: tuple[int, ...]) -> bool:
    record = snapshot[reader.node]
    if record.name in snapshot.constants:
        return _is_quantized(record, reader)
    if record.type == "Add":
        return sum(size > 1 for size in shape) > 1
    return reader.port in _WEIGHT_PORTS.get(record.type, ())


def _reads_data(snapshot: GraphSnapshot, reader: InputId) -> bool:
    """Whether an operation computes with a constant and with data, and needs no constant there."""
    record = snapshot[reader.node]
    if record.name in snapshot.constants:
        return _is_quantized(record, reader)
    return record.type not in ("FakeQuantize", "Result")


def _is_quantized(record: NodeRecord, reader: InputId) -> bool:
    """Whether a FakeQuantize reads what others read in float (:mod:`openpot.rewrites.shared_constants`)."""
    return record.type == "FakeQuantize" and reader.port == 0


def _is_exact(values: FloatArray) -> bool:
    """Whether half precision holds all values."""
    with np.errstate(over="ignore"):
        return bool(np.array_equal(values.astype(np.float16), values))


def _pack(editor: ModelEditor, snapshot: GraphSnapshot, node: NodeRecord, exactly: bool) -> str | None:
    """Replace one constant; returns why it has to stay, in which case nothing was changed."""
    values = np.asarray(editor.nodes.node(node.name).data)
    if exactly and not _is_exact(values):
        return "half precision changes the outputs"
    readers = snapshot.readers(node.name)
    reader = next((candidate for candidate in readers if snapshot[candidate.node].type != "FakeQuantize"), readers[0])
    axes = weight_channel_axes(snapshot[reader.node], _known_shape(node), reader.port)
    with np.errstate(over="ignore"):
        halves = values.astype(np.float16)
    reason = _explain_loss(values, halves, axes)
    if reason:
        return reason
    packed = constant(halves, node.name + HALF_SUFFIX)
    editor.replace_node(node.name, convert(packed.output(0), "f32", node.name))
    return None


def _explain_loss(values: FloatArray, halves: FloatArray, channel_axes: tuple[int, ...]) -> str | None:
    """What half precision would do to a constant beyond the rule, or None."""
    if not np.isfinite(values).all():
        return f"{np.sum(~np.isfinite(values))} values are not finite"
    if not np.isfinite(halves).all():
        return f"values up to {np.abs(values).max():.3g} do not fit into half precision"
    error, size = _sum_squares(values, halves, channel_axes)
    lossy = (error > MAX_RELATIVE_ERROR * size) & (size > NEGLIGIBLE * size.max(initial=0.0))
    if lossy.any():
        worst = float(np.max(error[lossy] / size[lossy]))
        return f"{np.sum(lossy)} of {lossy.size} channels would lose up to {worst:.2g} of their values"
    return None


def _sum_squares(
    values: FloatArray, halves: FloatArray, channel_axes: tuple[int, ...]
) -> tuple[FloatArray, FloatArray]:
    """Root of the summed squares of the error and of the values, for each channel; block by block, to save memory."""
    summed = tuple(axis for axis in range(values.ndim) if axis not in channel_axes)
    rows = max(1, BLOCK_VALUES * len(values) // values.size)
    blocks = []
    for start in range(0, len(values), rows):
        exact = values[start : start + rows].astype(np.float64)
        errors = exact - halves[start : start + rows]
        blocks.append([np.square(part).sum(axis=summed) for part in (errors, exact)])
    squares = [
        np.concatenate(parts) if 0 in channel_axes else np.sum(parts, axis=0) for parts in zip(*blocks, strict=True)
    ]
    return np.sqrt(squares[0]), np.sqrt(squares[1])


def _known_shape(node: NodeRecord) -> tuple[int, ...]:
    return tuple(size for size in node.output_shape or () if size is not None)
