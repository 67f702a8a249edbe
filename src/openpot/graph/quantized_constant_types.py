"""Quantizers of constants that are not f32 computed in f32, which OpenVINO needs to store them as integers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openpot.graph.build import constant, convert
from openpot.graph.edit import ModelEditor
from openpot.graph.operation_kinds import FLOAT_TYPES
from openpot.graph.revisions import snapshot_graphs
from openpot.graph.snapshot import GraphSnapshot, NodeRecord
from openpot.graph.tensor_id import InputId, TensorId
from openpot.graph.weights import constant_value

if TYPE_CHECKING:
    from openpot.graph.types import Model

_OTHER_FLOATS = FLOAT_TYPES - {"f32"}


def quantize_constants_in_f32(model: Model) -> tuple[str, ...]:
    """Let every FakeQuantize over a constant compute in f32, in place; its readers get the type that they got.

    Returns:
        The FakeQuantize operations that were changed.
    """
    graphs = snapshot_graphs(model).values()
    constants = [
        (graph, node) for graph in graphs for node in graph.nodes_of_type("FakeQuantize") if _is_mixed(graph, node)
    ]
    if not constants:
        return ()
    with ModelEditor(model) as editor:
        for graph, node in constants:
            for port, source in enumerate(node.inputs):
                if graph.element_type(source) != "f32" and source.node in graph.constants:
                    value = constant_value(editor.nodes, source)
                    editor.replace_input(InputId(node.name, port), constant(value, f"{node.name}/{port}/f32").output(0))
            if node.output_type != "f32":
                _convert_output(editor, node)
    return tuple(node.name for _, node in constants)


def _convert_output(editor: ModelEditor, node: NodeRecord) -> None:
    name = f"{node.name}/to_{node.output_type}"
    editor.insert_after(TensorId(node.name), lambda data: convert(data, node.output_type, name))


def _is_mixed(graph: GraphSnapshot, node: NodeRecord) -> bool:
    return node.inputs[0].node in graph.constants and any(
        graph.element_type(source) in _OTHER_FLOATS for source in node.inputs
    )
