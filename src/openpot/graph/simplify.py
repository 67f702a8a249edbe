"""OpenVINO's own graph clean-up for models that come straight from a front end.

``openvino.convert_model`` runs the same transformations; ``Core.read_model`` does not. They fuse what frameworks spell
out (batch normalisation, h-swish, layer normalisation...), but rename much of what they touch. Here nodes keep the
names they had in the file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from openpot.graph.edit import read_tag, set_node_name, tag_node
from openpot.graph.full_names import full_name
from openpot.graph.node_attributes import FUSED_NAMES, attributes_of_nodes, drop_unsaved_attributes
from openpot.graph.node_index import bodies
from openpot.graph.revisions import mark_changed
from openpot.graph.stable_names import NamesInUse, has_counter_like_name, name_anonymous_nodes
from openpot.log import get_package_logger

if TYPE_CHECKING:
    from openpot.graph.types import Model, Node

_ORIGIN = "openpot_origin"
"""Key under which a node remembers its name through the transformations; it is not saved."""


def simplify(model: Model, prefix: str = "") -> None:
    """Fuse and fold what a front end left spelled out, in place; all nodes have stable names afterwards.

    OpenVINO does the same whenever it compiles a model, so that outputs stay the same to the bit. Weights stored in
    half precision become float32.

    Args:
        model: Any model; nodes without a name get one.
        prefix: What names that are made up here begin with (members of a cascade have one).
    """
    name_anonymous_nodes(model, prefix)
    try:
        from openvino._offline_transformations import apply_moc_transformations
    except ImportError:
        get_package_logger().info("this OpenVINO has no apply_moc_transformations: the model stays as it was read")
        return
    known = attributes_of_nodes(model)
    types = _remember_names(model)
    apply_moc_transformations(model, cf=False, smart_reshape=True)
    for owner, graph in {"": model, **bodies(model)}.items():
        _restore_names(graph, types.get(owner, {}), prefix)
    drop_unsaved_attributes(model, known, notes={FUSED_NAMES})
    model.validate_nodes_and_infer_types()
    mark_changed(model)


def find_fused_operations(model: Model, prefix: str = "") -> dict[str, str]:
    """Operations that a transformation made a part of another one: name -> name of the operation that does their work.

    OpenVINO notes on each node the names of those it was made from; copies keep the notes, files do not.

    Args:
        model: Any model.
        prefix: Of the names in it (members of a cascade have one); notes may be older than that.
    """
    fused: dict[str, str] = {}
    for owner, graph in {"": model, **bodies(model)}.items():
        nodes = graph.get_ordered_ops()
        present = {node.get_friendly_name() for node in nodes}
        for node in nodes:
            parts = set() if node.get_type_name() == "Constant" else {*read_tag(node, FUSED_NAMES).split(",")} - {""}
            for name in sorted({prefix + part.removeprefix(prefix) for part in parts} - present):
                fused.setdefault(full_name(owner, name), full_name(owner, node.get_friendly_name()))
    return fused


def _remember_names(model: Model) -> dict[str, dict[str, str]]:
    """Tag each node with its name; returns the type of each name for each graph."""
    types: dict[str, dict[str, str]] = {}
    for owner, graph in {"": model, **bodies(model)}.items():
        types[owner] = {}
        for node in graph.get_ordered_ops():
            tag_node(node, _ORIGIN, node.get_friendly_name())
            types[owner][node.get_friendly_name()] = node.get_type_name()
    return types


def _restore_names(graph: Model, types: dict[str, str], prefix: str) -> None:
    """Give nodes made by a transformation the name of the node they stand for, or a name after their type."""
    nodes = graph.get_ordered_ops()
    unnamed = [node for node in nodes if node.get_friendly_name() not in types and has_counter_like_name(node)]
    new = set(unnamed)
    names = NamesInUse(node.get_friendly_name() for node in nodes if node not in new)
    unnamed = _take_origins(unnamed, names, types, same_type=True)
    unnamed = _take_origins(unnamed, names, types, same_type=False)
    for node in unnamed:
        set_node_name(node, names.take_numbered(f"{prefix}{node.get_type_name()}_"))


def _take_origins(nodes: list[Node], names: NamesInUse, types: dict[str, str], same_type: bool) -> list[Node]:
    """Rename the nodes whose origin's name is free; returns the others. Constants only take names of constants."""
    left = []
    for node in nodes:
        origin, kind = read_tag(node, _ORIGIN), node.get_type_name()
        fits = types.get(origin) == kind if same_type or kind == "Constant" else bool(origin)
        if fits and origin not in names:
            set_node_name(node, names.take(origin))
        else:
            left.append(node)
    return left
