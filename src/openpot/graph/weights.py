"""Values of constants, and which axes of a constant are channels."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

import openvino as ov
from openpot.errors import ModelError
from openpot.graph.node_index import NodeSource, index_nodes
from openpot.graph.operation_kinds import CELLS, SEQUENCES
from openpot.graph.snapshot import NodeRecord
from openpot.graph.tensor_id import TensorId
from openpot.typing_aliases import Array, FloatArray

if TYPE_CHECKING:
    from openpot.graph.types import Node, Output

_TRUE_VIEWS = frozenset({"f32", "f64", "f16", "i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "boolean"})
_CONVOLUTION_AXES = {
    "Convolution": (0,),
    "GroupConvolution": (0, 1),
    "ConvolutionBackpropData": (1,),
    "GroupConvolutionBackpropData": (0, 2),
    "BinaryConvolution": (0,),
    "DeformableConvolution": (0,),
}
_CONVOLUTION_INPUT_AXIS = {
    "Convolution": 1,
    "GroupConvolution": 2,
    "ConvolutionBackpropData": 0,
    "GroupConvolutionBackpropData": 1,
}


def is_constant(output: Output) -> bool:
    """True if an output is computed from constants alone."""
    seen: set[Node] = set()
    pending = [output.get_node()]
    while pending:
        node = pending.pop()
        if node in seen or node.get_type_name() == "Constant":
            continue
        seen.add(node)
        sources = [value.get_node() for value in node.input_values()]
        if not sources:
            return False
        pending.extend(sources)
    return True


def constant_nodes(ordered: Iterable[Node]) -> set[Node]:
    """Those of the nodes of a graph that are computed from constants alone; each has to come after what it reads."""
    known: set[Node] = set()
    for node in ordered:
        sources = node.input_values()
        if all(value.get_node() in known for value in sources) if sources else node.get_type_name() == "Constant":
            known.add(node)
    return known


def constant_array(output: Output) -> Array:
    """The value of an output that is computed from constants alone (Convert, Reshape, Multiply... of constants).

    Types that NumPy has come as they are; bf16, 4-bit and 8-bit floats and packed integers come as float32.

    Raises:
        ModelError: The value depends on an input of the model, or cannot be computed here.
    """
    node = output.get_node()
    if node.get_type_name() == "Constant":
        if node.get_element_type().to_string() in _TRUE_VIEWS:
            return np.array(node.data)
        return np.array(node.get_data(dtype=np.float32)).reshape(tuple(node.get_output_shape(0)))
    if not is_constant(output):
        raise ModelError(f"{node.get_friendly_name()!r} is not a constant: its value depends on the input of the model")
    answer = ov.Tensor(output.get_element_type(), output.get_shape())
    if not ov.Model([output], [], "value of a constant").evaluate([answer], []):
        raise ModelError(f"the constant value of {node.get_friendly_name()!r} cannot be computed")
    if output.get_element_type().to_string() in _TRUE_VIEWS:
        return np.array(answer.data)
    kept = ov.op.Constant(answer)
    return np.array(kept.get_data(dtype=np.float32)).reshape(tuple(output.get_shape()))


def constant_value(source: NodeSource, where: TensorId | str | Node | Output) -> FloatArray:
    """The value of a constant tensor as float32, whatever its type on disk.

    Args:
        source: The model, or its index (make one index for many calls).
        where: A tensor id, a full name (output 0), a node (output 0) or an output.

    Raises:
        ModelError: The tensor is not a constant.
        UnknownNameError: There is no such node.
    """
    if isinstance(where, str):
        where = TensorId(where)
    if isinstance(where, TensorId):
        where = index_nodes(source).output(where)
    elif isinstance(where, ov.Node):
        where = where.output(0)
    return constant_array(where).astype(np.float32)


def weight_channel_axes(record: NodeRecord, shape: tuple[int, ...], port: int = 1) -> tuple[int, ...]:
    """The axes of the constant at input ``port`` of an operation that get a scale of their own.

    These are the axes that the operation keeps in its output and never sums over: what stays free per output channel.

    Args:
        record: The operation that reads the constant.
        shape: Shape of the constant.
        port: The input that reads it.

    Returns:
        Axes counted from 0, in rising order; empty where only one scale makes sense.
    """
    rank = len(shape)
    if record.type in _CONVOLUTION_AXES:
        return _CONVOLUTION_AXES[record.type]
    if record.type == "MatMul":
        return _matmul_axes(record, rank, port)
    if record.type in SEQUENCES:
        return tuple(range(min(2, rank)))
    if record.type in CELLS or record.type == "Gather":
        return (0,) if rank else ()
    wide = tuple(axis for axis, size in enumerate(shape) if size > 1)
    return wide if len(wide) == 1 else ()


def weight_input_axis(record: NodeRecord, rank: int, port: int = 1) -> int | None:
    """The axis of input channels of the constant at input ``port``: the operation sums over it.

    Args:
        record: The operation that reads the constant.
        rank: Number of axes of the constant.
        port: The input that reads it.

    Returns:
        The axis counted from 0; None for other operations than convolutions and matrix products, and for vectors.
    """
    if record.type in _CONVOLUTION_INPUT_AXIS:
        return _CONVOLUTION_INPUT_AXIS[record.type]
    if record.type != "MatMul" or rank < 2:
        return None
    (channel_axis,) = _matmul_axes(record, rank, port)
    return rank - 2 if channel_axis == rank - 1 else rank - 1


def _matmul_axes(record: NodeRecord, rank: int, port: int) -> tuple[int, ...]:
    """Port 1 keeps its columns, port 0 its rows; a transpose flag swaps the two. Vectors are summed over."""
    if rank < 2:
        return ()
    transposed = bool(record.attributes.get("transpose_b" if port == 1 else "transpose_a", False))
    keeps_last = (port == 1) != transposed
    return (rank - 1,) if keeps_last else (rank - 2,)
