"""Weights of convolutions whose data stay in float: stored as float too, with the values that quantization gave them.

With integer weights beside float data and more than one stream, the CPU plugin (2026.4) computes some convolutions
wrongly after about one compilation in fifty: its streams unpack the weights at the same time. MatMul is not affected.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from openpot.graph.build import constant_like
from openpot.graph.edit import ModelEditor
from openpot.graph.snapshot import GraphSnapshot, NodeRecord
from openpot.graph.snapshot_model import snapshots_of_all_graphs
from openpot.graph.tensor_id import TensorId
from openpot.graph.weights import constant_value
from openpot.rewrites.ignored_operations import AGNOSTIC_TYPES
from openpot.rewrites.operation_types import CONVOLUTIONS, TRANSPOSED_CONVOLUTIONS

if TYPE_CHECKING:
    from openpot.graph.types import Model

ALL_CONVOLUTIONS = CONVOLUTIONS | TRANSPOSED_CONVOLUTIONS
MAX_INTEGER_LEVELS = 256
"""With more levels data are computed with in float."""


def fix_weights_of_float_convolutions(model: Model) -> tuple[str, ...]:
    """Replace quantizers of such weights by constants, in place.

    Args:
        model: a model with FakeQuantize operations, its sub-graph bodies included.

    Returns:
        Names of the quantizers that were replaced.
    """
    fixed: dict[str, None] = {}
    with ModelEditor(model) as editor:
        for snapshot in snapshots_of_all_graphs(model).values():
            for node in snapshot.of_type(*ALL_CONVOLUTIONS):
                quantizer = _quantizer(snapshot, node, 1)
                if quantizer is None or quantizer.name not in snapshot.constants or quantizer.name in fixed:
                    continue
                if not _has_integer_data(snapshot, node):
                    values = constant_value(editor.nodes, TensorId(quantizer.name))
                    data = editor.nodes.output(TensorId(quantizer.name))
                    editor.replace_node(quantizer.name, constant_like(values, quantizer.name, data))
                    fixed[quantizer.name] = None
    return tuple(fixed)


def _has_integer_data(snapshot: GraphSnapshot, node: NodeRecord) -> bool:
    quantizer = _quantizer(snapshot, node, 0)
    return quantizer is not None and int(str(quantizer.attributes["levels"])) <= MAX_INTEGER_LEVELS


def _quantizer(snapshot: GraphSnapshot, node: NodeRecord, port: int) -> NodeRecord | None:
    """The FakeQuantize that an input comes from, directly or through operations that only move values."""
    source = snapshot[node.inputs[port].node]
    while source.type in AGNOSTIC_TYPES:
        source = snapshot[source.inputs[0].node]
    return source if source.type == "FakeQuantize" else None
