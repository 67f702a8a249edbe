"""The weights of a layer as they are, and as its FakeQuantize makes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openpot.graph.tensor_id import TensorId
from openpot.graph.weights import constant_value
from openpot.typing_aliases import FloatArray

if TYPE_CHECKING:
    from openpot.graph.node_index import NodeIndex
    from openpot.graph.provenance import Provenance
    from openpot.layers.linear_layer import LinearLayer


def read_original_weights(nodes: NodeIndex, layer: LinearLayer, provenance: Provenance) -> FloatArray:
    """Those of the float model, float32, any shape: the constant before the FakeQuantize unless that was changed."""
    before = provenance.weights_of(layer.weights)
    return constant_value(nodes, layer.constant) if before is None else before


def read_quantized_weights(nodes: NodeIndex, layer: LinearLayer) -> FloatArray:
    """What the layer reads: the weights as its FakeQuantize maps them, or as they are without one.

    OpenVINO evaluates the FakeQuantize, as it does when the weights are stored as integers: values half-way between two
    levels go the same way.
    """
    return constant_value(nodes, layer.constant if layer.quantizer is None else TensorId(layer.quantizer))
