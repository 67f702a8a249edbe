"""Convolutions and matrix products with constant weights: what bias corrections work on.

A layer is ``output = weights * data`` with one bias for each output channel. This module finds the layers of a graph
and computes their mean output for an input that is constant within each channel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openpot.graph.operation_kinds import GROUPED_CONVOLUTIONS, MAC_OPERATIONS, TRANSPOSED_CONVOLUTIONS
from openpot.graph.snapshot import GraphSnapshot, NodeRecord
from openpot.graph.tensor_id import InputId, TensorId
from openpot.numerics.bias_shift import compute_mean_convolution_output, compute_mean_matmul_output
from openpot.numerics.window import Window, find_same_padding
from openpot.typing_aliases import Array

NOMINAL_SIZE = 64
"""Stands for spatial sizes that are only known at inference: the share of the border is small and hardly matters."""


@dataclass(frozen=True)
class LinearLayer:
    """One operation with constant weights.

    Attributes:
        record: the operation.
        data: tensor it reads, after a FakeQuantize on it if there is one.
        data_axis: axis of the input channels in ``data``.
        output_axis: axis of the output channels in its output, counted from the end for a matrix product.
        weights: input that reads the weights.
        constant: the weights themselves, before their FakeQuantize if there is one.
        quantizer: full name of the FakeQuantize on the weights, or None.
        channels: number of output channels; None where the graph does not tell.
    """

    record: NodeRecord
    data: TensorId
    data_axis: int
    output_axis: int
    weights: InputId
    constant: TensorId
    quantizer: str | None = None
    channels: int | None = None

    @property
    def name(self) -> str:
        """Full name of the operation."""
        return self.record.name

    @property
    def is_matmul(self) -> bool:
        """Whether it is a matrix product, not a convolution."""
        return self.record.type == "MatMul"


def find_linear_layers(snapshot: GraphSnapshot) -> tuple[LinearLayer, ...]:
    """The layers of a graph in topological order; products of two activations are none."""
    layers = (_make_layer(snapshot, record) for record in snapshot.nodes_of_type(*MAC_OPERATIONS))
    return tuple(layer for layer in layers if layer is not None)


def _make_layer(snapshot: GraphSnapshot, record: NodeRecord) -> LinearLayer | None:
    port = next((port for port in (1, 0) if record.inputs[port].node in snapshot.constants), None)
    if port is None or record.inputs[1 - port].node in snapshot.constants:
        return None
    if port == 0 and record.type != "MatMul":
        return None
    source = record.inputs[port]
    quantizer = source.node if snapshot[source.node].type == "FakeQuantize" else None
    constant = snapshot[source.node].inputs[0] if quantizer else source
    data = record.inputs[1 - port]
    shape = snapshot.shape(data)
    if shape is None or len(shape) < 2:
        return None
    data_axis, output_axis = (1, 1) if record.type != "MatMul" else _find_matmul_axes(record, port)
    channels = record.output_shape[output_axis] if record.output_shape else None
    return LinearLayer(record, data, data_axis, output_axis, InputId(record.name, port), constant, quantizer, channels)


def _find_matmul_axes(record: NodeRecord, weights_port: int) -> tuple[int, int]:
    """Axis of the input channels in the data, and of the output channels in the output."""
    if weights_port == 1:
        return (-2 if record.attributes.get("transpose_a") else -1), -1
    return (-1 if record.attributes.get("transpose_b") else -2), -2


def compute_mean_output(layer: LinearLayer, weights: Array, mean_input: Array, snapshot: GraphSnapshot) -> Array:
    """Mean of the layer's output over batch and positions, without bias.

    Args:
        layer: the layer.
        weights: its weights in the shape of the constant.
        mean_input: mean of each input channel, shape ``(input channels,)``.
        snapshot: the graph of the layer, for the spatial sizes.

    Returns:
        Shape ``(output channels,)``, float64.

    Raises:
        ModelError: weights and input do not fit together.
    """
    record = layer.record
    if layer.is_matmul:
        at_right = layer.weights.port == 1
        flag = bool(record.attributes.get("transpose_b" if at_right else "transpose_a"))
        return compute_mean_matmul_output(weights, mean_input, transpose=flag == at_right)
    grouped = record.type in GROUPED_CONVOLUTIONS
    kernel = weights.shape[3:] if grouped else weights.shape[2:]
    if record.type == "Convolution" and _is_pointwise(record, kernel):
        return compute_mean_matmul_output(weights.reshape(weights.shape[:2]), mean_input, transpose=True)
    size = _find_spatial_size(snapshot, layer.data, kernel)
    return compute_mean_convolution_output(
        weights, mean_input, make_convolution_window(record, kernel, size), size, grouped
    )


def _is_pointwise(record: NodeRecord, kernel: Sequence[int]) -> bool:
    """Whether a convolution is a matrix product at every position: one tap, never outside the image."""
    pads = (*_read_numbers(record, "pads_begin"), *_read_numbers(record, "pads_end"))
    return all(taps == 1 for taps in kernel) and not any(pads)


def _find_spatial_size(snapshot: GraphSnapshot, data: TensorId, kernel: Sequence[int]) -> tuple[int, ...]:
    shape = snapshot.shape(data) or ()
    return tuple(
        length if length is not None else max(NOMINAL_SIZE, 2 * taps)
        for length, taps in zip(shape[2:], kernel, strict=True)
    )


def make_convolution_window(record: NodeRecord, kernel: Sequence[int], size: Sequence[int]) -> Window:
    """The window of a convolution, transposed or not, for an input of this spatial size."""
    transposed = record.type in TRANSPOSED_CONVOLUTIONS
    numbers = {name: _read_numbers(record, name) for name in ("strides", "dilations", "pads_begin", "pads_end")}
    window = Window(**numbers, transposed=transposed, output_padding=_read_numbers(record, "output_padding"))
    padding = str(record.attributes.get("auto_pad", "explicit")).lower()
    if padding == "explicit" and len(record.inputs) < 3:
        return window
    if transposed:
        return _fit_window_to_output(window, record, kernel, size)
    if padding == "valid":
        return Window(window.strides, window.dilations, (0,) * len(kernel), (0,) * len(kernel))
    return find_same_padding(window, kernel, size, upper=padding == "same_upper")


def _fit_window_to_output(window: Window, record: NodeRecord, kernel: Sequence[int], size: Sequence[int]) -> Window:
    """The window of a transposed convolution whose output size is given: pads follow from it."""
    outputs = (record.output_shape or ())[2:]
    free = Window(window.strides, window.dilations, (0,) * len(kernel), (0,) * len(kernel), True, window.output_padding)
    full = free.compute_output_size(kernel, size)
    total = [natural - (wanted or natural) for natural, wanted in zip(full, outputs, strict=True)]
    begins = tuple(pads // 2 for pads in total)
    ends = tuple(pads - begin for pads, begin in zip(total, begins, strict=True))
    return Window(window.strides, window.dilations, begins, ends, True, window.output_padding)


def _read_numbers(record: NodeRecord, name: str) -> tuple[int, ...]:
    values = record.attributes.get(name, ())
    return tuple(int(value) for value in values) if isinstance(values, Sequence) else ()
