"""Operations that multiply and add one constant per output channel, as numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from openpot.graph.node_index import NodeIndex
from openpot.graph.operation_kinds import GROUPED_CONVOLUTIONS
from openpot.graph.snapshot import GraphSnapshot, NodeRecord, Shape
from openpot.graph.tensor_id import TensorId
from openpot.graph.weights import constant_array, weight_channel_axes
from openpot.typing_aliases import Array, FloatArray

_BATCH_NORM_DATA_PORTS = {0: (1, 2, 3, 4), 2: (0, 1, 3, 4)}
"""Port of the data -> ports of gamma, beta, mean and variance, in opset 5 and opset 1."""


@dataclass(frozen=True)
class OutputChannels:
    """Where the output channels of an operation with weights lie.

    ``from_right`` is the channel axis of the output counted from its end (1 = last axis), which holds for any rank of
    a MatMul. ``rank`` is that of the output, None if it is not known.
    """

    count: int
    weight_shape: tuple[int, ...]
    weight_axes: tuple[int, ...]
    from_right: int
    rank: int | None

    def spread_over_weights(self, values: FloatArray) -> FloatArray:
        """``(channels,)`` in a shape that broadcasts over the weights."""
        return values.reshape([n if axis in self.weight_axes else 1 for axis, n in enumerate(self.weight_shape)])

    def spread_over_output(self, values: FloatArray) -> FloatArray:
        """``(channels,)`` in a shape that broadcasts over the output."""
        leading = [] if self.rank is None else [1] * (self.rank - self.from_right)
        return values.reshape([*leading, self.count, *[1] * (self.from_right - 1)])

    def values_per_channel(self, values: Array) -> FloatArray | None:
        """A constant that broadcasts to the output, as ``(channels,)``; None if it varies along another axis."""
        # More axes than the output has would give the result another rank.
        if values.ndim > (self.from_right if self.rank is None else self.rank):
            return None
        if values.size == 1:
            return np.full(self.count, values.reshape(()), np.float64)
        if values.ndim < self.from_right or values.size != self.count or values.shape[-self.from_right] != self.count:
            return None
        return values.reshape(-1).astype(np.float64)


def find_output_channels(node: NodeRecord, weight_shape: Shape, port: int = 1) -> OutputChannels | None:
    """The output channels of an operation whose weights come in at ``port``; None where there are none."""
    if weight_shape is None or None in weight_shape:
        return None
    sizes = tuple(size for size in weight_shape if size is not None)
    axes = weight_channel_axes(node, sizes, port)
    count = int(np.prod([sizes[axis] for axis in axes]))
    output_rank = None if node.output_shape is None else len(node.output_shape)
    if not axes or count == 0:
        return None
    if node.type == "MatMul":
        from_right = 1 if port == 1 else 2
        if output_rank is not None and output_rank < from_right:
            return None
        return OutputChannels(count, sizes, axes, from_right, output_rank)
    spatial = len(sizes) - (3 if node.type in GROUPED_CONVOLUTIONS else 2)
    return OutputChannels(count, sizes, axes, spatial + 1, spatial + 2)


@dataclass(frozen=True)
class ChannelAffine:
    """``y -> scale * y + shift`` with one number each per channel, in double precision."""

    scale: FloatArray
    shift: FloatArray

    @classmethod
    def identity(cls, count: int) -> ChannelAffine:
        """The one that changes nothing."""
        return cls(np.ones(count), np.zeros(count))

    def then(self, other: ChannelAffine) -> ChannelAffine:
        """This one followed by another."""
        with np.errstate(invalid="ignore", over="ignore"):
            return ChannelAffine(self.scale * other.scale, self.shift * other.scale + other.shift)


def read_affine(
    node: NodeRecord, port: int, channels: OutputChannels, snapshot: GraphSnapshot, nodes: NodeIndex
) -> ChannelAffine | None:
    """What an operation does to each channel of the data at ``port``, if it is affine with constants; else None."""
    if node.type == "BatchNormInference":
        return _read_batch_norm(node, port, channels, snapshot, nodes)
    if node.type not in ("Add", "Subtract", "Multiply", "Divide") or node.attributes.get("auto_broadcast") != "numpy":
        return None
    operand = _read_constant(node.inputs[1 - port], channels, snapshot, nodes)
    if operand is None:
        return None
    ones, zeros = np.ones(channels.count), np.zeros(channels.count)
    if node.type == "Add":
        return ChannelAffine(ones, operand)
    if node.type == "Subtract":
        return ChannelAffine(ones, -operand) if port == 0 else ChannelAffine(-ones, operand)
    if node.type == "Multiply":
        return ChannelAffine(operand, zeros)
    with np.errstate(divide="ignore"):
        return ChannelAffine(1 / operand, zeros) if port == 0 else None


def _read_constant(
    tensor: TensorId, channels: OutputChannels, snapshot: GraphSnapshot, nodes: NodeIndex
) -> FloatArray | None:
    if tensor.node not in snapshot.constants:
        return None
    return channels.values_per_channel(constant_array(nodes.output(tensor)))


def _read_batch_norm(
    node: NodeRecord, port: int, channels: OutputChannels, snapshot: GraphSnapshot, nodes: NodeIndex
) -> ChannelAffine | None:
    """Batch normalisation runs along axis 1, which must be the channel axis of the producer."""
    ports = _BATCH_NORM_DATA_PORTS.get(port)
    if ports is None or channels.rank is None or channels.rank - channels.from_right != 1:
        return None
    tensors = [node.inputs[number] for number in ports]
    if any(tensor.node not in snapshot.constants for tensor in tensors):
        return None
    values = [constant_array(nodes.output(tensor)).astype(np.float64) for tensor in tensors]
    if any(value.shape != (channels.count,) for value in values):
        return None
    gamma, beta, mean, variance = values
    epsilon = float(str(node.attributes.get("epsilon", 0)))
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = gamma / np.sqrt(variance + epsilon)
        return ChannelAffine(scale, beta - mean * scale)
