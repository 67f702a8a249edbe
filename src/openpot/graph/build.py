"""Makes nodes and models; every node gets its name here, so that the same work gives the same bytes on disk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np
from openvino.utils.node_factory import NodeFactory

import openvino as ov
from openpot.errors import ModelError
from openpot.typing_aliases import Array
from openvino import opset13 as op

if TYPE_CHECKING:
    from openpot.graph.types import Model, Node, Output

_REDUCTIONS = {
    "min": op.reduce_min,
    "max": op.reduce_max,
    "mean": op.reduce_mean,
    "sum": op.reduce_sum,
}

_NAMES_OF_TYPES = {np.dtype(np.float32): "f32", np.dtype(np.int64): "i64", np.dtype(np.float16): "f16"}


class Limits(Protocol):
    """What a FakeQuantize needs: four float32 arrays that broadcast to the data, and a number of levels."""

    @property
    def input_low(self) -> Array: ...  # noqa: D102
    @property
    def input_high(self) -> Array: ...  # noqa: D102
    @property
    def output_low(self) -> Array: ...  # noqa: D102
    @property
    def output_high(self) -> Array: ...  # noqa: D102
    @property
    def levels(self) -> int: ...  # noqa: D102


def find_type(element_type: str) -> ov.Type:
    """OpenVINO's type object for its short name; ``ov.Type(text)`` would read the text as a NumPy dtype."""
    return getattr(ov.Type, element_type)


def constant(value: Array, name: str, element_type: str | None = None) -> Node:
    """A constant that owns a copy of ``value``.

    Args:
        value: Any array; converted to ``element_type`` if given.
        name: Friendly name.
        element_type: OpenVINO's short name (``f32``, ``f16``, ``i8``...); default: that of the array.
    """
    array = np.asarray(value, order="C")  # ascontiguousarray would give a scalar one axis
    if element_type is None or element_type == _NAMES_OF_TYPES.get(array.dtype):
        node = ov.op.Constant(array, shared_memory=False)  # what op.constant does, without its search for an overload
        node.set_friendly_name(name)
        return node
    return op.constant(array, dtype=find_type(element_type), name=name)


def make_packed_constant(codes: Array, shape: Sequence[int], element_type: str, num_bits: int, name: str) -> Node:
    """A constant of a type that NumPy does not have, from the codes of its values.

    Args:
        codes: uint8, as many as ``shape`` holds, in C order; of each the lowest ``num_bits`` count.
        shape: of the constant.
        element_type: OpenVINO's short name (``u4``, ``nf4``, ``f8e4m3``...).
        num_bits: of one value: 2, 4 or 8.
        name: Friendly name.
    """
    tensor = ov.Tensor(find_type(element_type), ov.Shape(list(shape)))
    per_byte = 8 // num_bits
    flat = np.ravel(codes)
    packed = tensor.data.reshape(-1).view(np.uint8)
    packed[:] = 0
    for place in range(per_byte):
        chosen = flat[place::per_byte]
        packed[: len(chosen)] |= (chosen & np.uint8((1 << num_bits) - 1)) << np.uint8(num_bits * place)
    node = ov.op.Constant(tensor)
    node.set_friendly_name(name)
    return node


def constant_like(value: Array, name: str, data: Output) -> Node:
    """A constant of the element type of ``data``.

    Raises:
        ModelError: A finite value does not fit into that type.
    """
    element_type = data.get_element_type().to_string()
    with np.errstate(over="ignore"):
        node = constant(value, name, element_type)
    if not np.array_equal(np.isfinite(node.get_data(dtype=np.float32)), np.isfinite(value)):
        largest = np.abs(value).max()
        raise ModelError(
            f"the values of {name!r} (up to {largest:.6g}) do not fit into {element_type}: keep them in f32"
        )
    return node


def fake_quantize(data: Output, limits: Limits, name: str) -> Node:
    """A FakeQuantize on ``data``; its limits are float32 constants named ``<name>/input_low`` and so on."""
    values = (limits.input_low, limits.input_high, limits.output_low, limits.output_high)
    ends = ("input_low", "input_high", "output_low", "output_high")
    constants = [constant(np.asarray(v, np.float32), f"{name}/{end}") for v, end in zip(values, ends, strict=True)]
    return op.fake_quantize(data, *constants, limits.levels, name=name)


def add(left: Output, right: Output, name: str) -> Node:
    """``left + right`` with NumPy broadcasting."""
    return op.add(left, right, name=name)


def subtract(left: Output, right: Output, name: str) -> Node:
    """``left - right`` with NumPy broadcasting."""
    return op.subtract(left, right, name=name)


def multiply(left: Output, right: Output, name: str) -> Node:
    """``left * right`` with NumPy broadcasting."""
    return op.multiply(left, right, name=name)


def divide(left: Output, right: Output, name: str) -> Node:
    """``left / right`` with NumPy broadcasting."""
    return op.divide(left, right, name=name)


def copy_operation(node: Node, inputs: Sequence[Output], name: str) -> Node:
    """An operation with the attributes of ``node`` on other inputs."""
    made = NodeFactory().create(node.get_type_name(), list(inputs), node.get_attributes())
    made.set_friendly_name(name)
    return made


def absolute(data: Output, name: str) -> Node:
    """``|data|``."""
    return op.absolute(data, name=name)


def clamp(data: Output, low: float, high: float, name: str) -> Node:
    """``data`` limited to ``[low, high]``."""
    return op.clamp(data, low, high, name=name)


def convert(data: Output, element_type: str, name: str) -> Node:
    """``data`` in another element type (``f32``, ``f16``, ``i8``...)."""
    return op.convert(data, find_type(element_type), name=name)


def reduce(kind: str, data: Output, axes: Sequence[int], name: str, keep_dims: bool = False) -> Node:
    """Reduce ``data`` over ``axes``; ``kind`` is ``min``, ``max``, ``mean`` or ``sum``."""
    axes_node = constant(np.asarray(axes, np.int64), f"{name}/axes")
    return _REDUCTIONS[kind](data, axes_node, keep_dims, name=name)


def reshape(data: Output, shape: Sequence[int], name: str) -> Node:
    """``data`` in another shape; -1 stands for what is left."""
    return op.reshape(data, constant(np.asarray(shape, np.int64), f"{name}/shape"), False, name=name)


def broadcast(data: Output, shape: Sequence[int], name: str) -> Node:
    """``data`` repeated along all axes of ``shape`` where it has one index or none."""
    return op.broadcast(data, constant(np.asarray(shape, np.int64), f"{name}/shape"), name=name)


def concat(parts: Sequence[Output], axis: int, name: str) -> Node:
    """``parts`` joined along ``axis``."""
    return op.concat(list(parts), axis, name=name)


def pad_last_axis(data: Output, count: int, name: str) -> Node:
    """``data`` of known rank with zeros after the last index of its last axis."""
    axes = len(data.get_partial_shape())
    begins, ends = np.zeros(axes, np.int64), np.zeros(axes, np.int64)
    ends[-1] = count
    filler = constant_like(np.zeros((), np.float32), f"{name}/zero", data)
    return op.pad(
        data, constant(begins, f"{name}/begins"), constant(ends, f"{name}/ends"), "constant", filler, name=name
    )


def split_along(data: Output, axis: int, parts: int, name: str) -> list[Output]:
    """``data`` cut into equal parts along ``axis``."""
    return list(op.split(data, constant(np.array(axis, np.int64), f"{name}/axis"), parts, name=name).outputs())


def lstm_sequence(inputs: Sequence[Output], hidden_size: int, direction: str, name: str) -> Node:
    """An LSTM over the steps of ``inputs``, the seven of OpenVINO's LSTMSequence, in one direction."""
    return op.lstm_sequence(*inputs, hidden_size, direction, name=name)


def split_vector(data: Node, lengths: Sequence[int], name: str) -> list[Output]:
    """A vector cut into consecutive pieces of these lengths; pieces of length 1 are scalars.

    Scalars come out of a node of their own: the CPU plugin's pass that moves strides towards the inputs asks each
    operand of element-wise operations for the only output of its node, which a VariadicSplit does not have.
    """
    sizes = constant(np.array(lengths, np.int64), f"{name}/lengths")
    cut = op.variadic_split(data, constant(np.array(0, np.int64), f"{name}/axis"), sizes, name=name).outputs()
    first = constant(np.array([0], np.int64), f"{name}/first")
    return [
        op.squeeze(piece, first, name=f"{name}/{number}").output(0) if length == 1 else piece
        for number, (piece, length) in enumerate(zip(cut, lengths, strict=True))
    ]


def parameter(shape: Sequence[int | None], element_type: str, name: str) -> Node:
    """A model input; None is a dynamic dimension. Its tensor has the same name."""
    sizes = ov.PartialShape([-1 if size is None else size for size in shape])
    node = op.parameter(sizes, find_type(element_type), name=name)
    node.output(0).get_tensor().set_names({name})
    return node


def result(data: Output, name: str) -> Node:
    """A model output."""
    return op.result(data, name=name)


def model(results: Sequence[Node], parameters: Sequence[Node], name: str) -> Model:
    """A model from its results and parameters."""
    return ov.Model(list(results), list(parameters), name)


def model_with_results(source: Model, results: Sequence[Node]) -> Model:
    """A model of the same nodes, inputs and states as ``source`` whose only outputs are ``results``.

    The nodes are shared: give a clone as ``source`` unless it is to be thrown away.
    """
    sinks, variables = source.get_sinks(), source.get_variables()
    return ov.Model(list(results), sinks, source.get_parameters(), variables, source.get_friendly_name())


def model_with_parameters(source: Model, results: Sequence[Node], parameters: Sequence[Node]) -> Model:
    """As :func:`model_with_results`, with further inputs after those of ``source``."""
    sinks, variables = source.get_sinks(), source.get_variables()
    inputs = [*source.get_parameters(), *parameters]
    return ov.Model(list(results), sinks, inputs, variables, source.get_friendly_name())


def model_with_f32_borders(source: Model, element_type: str) -> Model:
    """``source`` itself, or where it has inputs or outputs of this type, a copy in which these are f32."""
    border = find_type(element_type)
    inputs, outputs = (
        [number for number, port in enumerate(ports) if port.get_element_type() == border]
        for ports in (source.inputs, source.outputs)
    )
    if not inputs and not outputs:
        return source
    steps = ov.preprocess.PrePostProcessor(source.clone())
    for number in inputs:
        steps.input(number).tensor().set_element_type(ov.Type.f32)
    for number in outputs:
        steps.output(number).tensor().set_element_type(ov.Type.f32)
    return steps.build()
