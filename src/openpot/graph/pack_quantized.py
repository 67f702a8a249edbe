"""Constants that a FakeQuantize reads, stored as the integers that they are rounded to.

OpenVINO's own transformation does the arithmetic; here its nodes get names that stay the same from run to run, like
those of POT: ``<constant>/quantized``, ``<fake quantize>/scale`` and so on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import openvino as ov
from openpot.errors import MissingExtraError
from openpot.graph.edit import set_node_name
from openpot.graph.full_names import full_name
from openpot.graph.node_attributes import attributes_of_nodes, drop_unsaved_attributes
from openpot.graph.node_index import bodies
from openpot.graph.quantized_constant_types import quantize_constants_in_f32
from openpot.graph.revisions import mark_changed
from openpot.graph.stable_names import NamesInUse
from openpot.graph.weights import constant_nodes

if TYPE_CHECKING:
    from openpot.graph.types import Model, Node


def pack_quantized_constants(model: Model) -> tuple[str, ...]:
    """Store constants that a FakeQuantize reads as integers: of 8 bits, or of 4 for at most 16 levels.

    The FakeQuantize becomes Convert, Subtract of a zero point unless that is zero, and Multiply by a scale, which keeps
    the name of the FakeQuantize. What readers get stays the same up to the rounding of one multiplication. Constants
    with more than 256 or fewer than 3 levels stay as they are.

    Args:
        model: Changed in place, its sub-graph bodies included.

    Returns:
        The full names of the FakeQuantize operations that were replaced.

    Raises:
        MissingExtraError: This OpenVINO has no such transformation.
    """
    quantize_constants_in_f32(model)
    graphs = {"": model, **bodies(model)}
    waiting = {owner: _constant_names(graph) for owner, graph in graphs.items()}
    if not any(waiting.values()):
        return ()
    _transform(model)
    packed = [full_name(owner, name) for owner, graph in graphs.items() for name in _name_parts(graph, waiting[owner])]
    model.validate_nodes_and_infer_types()
    mark_changed(model)
    return tuple(packed)


def _transform(model: Model) -> None:
    try:
        from openvino._offline_transformations import compress_quantize_weights_transformation
    except ImportError as error:
        raise MissingExtraError(
            f"OpenVINO {ov.__version__} has no compress_quantize_weights_transformation: weights cannot be stored as "
            "integers; install a release between 2026.2 and 2026.4"
        ) from error
    known = attributes_of_nodes(model)
    compress_quantize_weights_transformation(model)
    drop_unsaved_attributes(model, known)


def _constant_names(graph: Model) -> dict[str, str]:
    """FakeQuantize operations on constants, each with the name of its constant."""
    nodes = graph.get_ordered_ops()
    quantizers = [node for node in nodes if node.get_type_name() == "FakeQuantize"]
    if not quantizers:
        return {}
    known = constant_nodes(nodes)
    sources = {node.get_friendly_name(): node.input_value(0).get_node() for node in quantizers}
    return {name: source.get_friendly_name() for name, source in sources.items() if source in known}


def _name_parts(graph: Model, constants: dict[str, str]) -> list[str]:
    """Name what stands for each FakeQuantize now; returns the names of those that were replaced."""
    nodes = graph.get_ordered_ops()
    names = NamesInUse(node.get_friendly_name() for node in nodes)
    packed = []
    for node in nodes:
        name = node.get_friendly_name()
        if name not in constants or node.get_type_name() != "Multiply":
            continue
        packed.append(name)
        _rename(node.input_value(1).get_node(), f"{name}/scale", names)
        source = node.input_value(0).get_node()
        if source.get_type_name() == "Subtract":
            _rename(source, f"{name}/minus_zp", names)
            _rename(source.input_value(1).get_node(), f"{name}/zero_point", names)
            source = source.input_value(0).get_node()
        _rename(source, f"{constants[name]}/quantized/to_f32", names)
        _rename(source.input_value(0).get_node(), f"{constants[name]}/quantized", names)
    return packed


def _rename(node: Node, name: str, names: NamesInUse) -> None:
    """Two FakeQuantize operations may share one constant: the second gets a number."""
    set_node_name(node, names.take_numbered(f"{name}/") if name in names else names.take(name))
