"""Stores weights of convolutions on float data as float too, with the values that quantization gave them.

With integer weights beside float data and more than one stream, the CPU plugin (2026.4) computes some convolutions
wrongly after about one compilation in fifty: its streams unpack the weights at the same time. MatMul is not affected.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from openpot.graph.build import constant_like
from openpot.graph.edit import ModelEditor
from openpot.graph.moved_values import find_origin, is_integer
from openpot.graph.operation_kinds import ALL_CONVOLUTIONS
from openpot.graph.revisions import snapshot_graphs
from openpot.graph.snapshot import GraphSnapshot, NodeRecord
from openpot.graph.tensor_id import TensorId
from openpot.graph.weights import constant_value

if TYPE_CHECKING:
    from openpot.graph.types import Model


def fix_weights_of_float_convolutions(model: Model) -> tuple[str, ...]:
    """Replace quantizers of such weights by constants, in place.

    Args:
        model: a model with FakeQuantize operations, its sub-graph bodies included.

    Returns:
        Names of the quantizers that were replaced.
    """
    fixed: dict[str, None] = {}
    with ModelEditor(model) as editor:
        for snapshot in snapshot_graphs(model).values():
            for node in snapshot.nodes_of_type(*ALL_CONVOLUTIONS):
                quantizer = _find_quantizer_of_weights(snapshot, node)
                if quantizer is None or quantizer.name in fixed:
                    continue
                if not is_integer(snapshot, node.inputs[0]):
                    values = constant_value(editor.nodes, TensorId(quantizer.name))
                    data = editor.nodes.output(TensorId(quantizer.name))
                    editor.replace_node(quantizer.name, constant_like(values, quantizer.name, data))
                    fixed[quantizer.name] = None
    return tuple(fixed)


def _find_quantizer_of_weights(snapshot: GraphSnapshot, node: NodeRecord) -> NodeRecord | None:
    source = snapshot[find_origin(snapshot, node.inputs[1]).node]
    return source if source.type == "FakeQuantize" and source.name in snapshot.constants else None
