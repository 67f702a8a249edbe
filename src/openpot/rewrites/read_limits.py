"""Reads the limits of FakeQuantize operations."""

from __future__ import annotations

from openpot.errors import ModelError
from openpot.graph.node_index import NodeSource, index_nodes
from openpot.graph.snapshot_model import record_of
from openpot.graph.weights import constant_array
from openpot.numerics.fake_quantize import FakeQuantizeLimits


def read_limits(source: NodeSource, name: str) -> FakeQuantizeLimits:
    """The limits of one FakeQuantize, in the shapes that they have in the model.

    Args:
        source: The model or its index.
        name: Full name of the operation.

    Raises:
        UnknownNameError: There is no such operation.
        ModelError: It is no FakeQuantize, or its limits are not constant.
    """
    node = index_nodes(source).node(name)
    if node.get_type_name() != "FakeQuantize":
        raise ModelError(f"{name!r} is a {node.get_type_name()}: only a FakeQuantize has limits")
    levels = int(str(record_of(node).attributes["levels"]))
    ends = [constant_array(node.input_value(port)) for port in range(1, 5)]
    return FakeQuantizeLimits(ends[0], ends[1], ends[2], ends[3], levels)
