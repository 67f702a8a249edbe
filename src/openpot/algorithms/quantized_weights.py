"""The weights of a layer as they are, and as its FakeQuantize makes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openpot.graph.weights import constant_value
from openpot.numerics.fake_quantize import FakeQuantizeLimits, fake_quantize
from openpot.typing_aliases import Array, FloatArray

if TYPE_CHECKING:
    from openpot.algorithms.linear_layer import LinearLayer
    from openpot.graph.node_index import NodeIndex


def original_weights(nodes: NodeIndex, layer: LinearLayer) -> FloatArray:
    """The constant behind the FakeQuantize, float32, any shape."""
    return constant_value(nodes, layer.constant)


def quantized_weights(nodes: NodeIndex, layer: LinearLayer, weights: Array) -> Array:
    """``weights`` of any shape as the FakeQuantize of the layer maps them; themselves where there is none."""
    if layer.quantizer is None:
        return weights
    node = nodes.node(layer.quantizer)
    low, high, output_low, output_high = (constant_value(nodes, node.input_value(port)) for port in range(1, 5))
    levels = int(node.get_attributes()["levels"])
    return fake_quantize(weights, FakeQuantizeLimits(low, high, output_low, output_high, levels))
