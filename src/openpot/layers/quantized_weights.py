"""The weights of a layer as they are, and as its FakeQuantize makes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openpot.graph.tensor_id import TensorId
from openpot.graph.weights import constant_value
from openpot.layers.weights_before import weights_before
from openpot.typing_aliases import FloatArray

if TYPE_CHECKING:
    from openpot.graph.node_index import NodeIndex
    from openpot.layers.linear_layer import LinearLayer


def original_weights(nodes: NodeIndex, layer: LinearLayer) -> FloatArray:
    """Those of the floating-point network, float32, any shape: as a rule the constant behind the FakeQuantize."""
    before = weights_before(nodes.model, layer.weights)
    return constant_value(nodes, layer.constant) if before is None else before


def quantized_weights(nodes: NodeIndex, layer: LinearLayer) -> FloatArray:
    """What the layer reads: the weights as its FakeQuantize maps them, or as they are without one.

    OpenVINO evaluates the FakeQuantize, as it does when the weights are stored as integers: values half-way between two
    levels go the same way.
    """
    return constant_value(nodes, layer.constant if layer.quantizer is None else TensorId(layer.quantizer))
