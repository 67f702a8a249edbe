"""Attributes of nodes that live in memory only: a file does not keep them, and while they last a model runs otherwise.

OpenVINO's clean-up leaves notes on nodes, such as that a constant expression is not to be folded. They hold for later
compilations as well: a sequence whose lengths are computed from shapes then runs as a loop, five times as slow as the
same model read from its file.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from openpot.graph.edit import keep_tags
from openpot.graph.node_index import bodies

if TYPE_CHECKING:
    from openpot.graph.types import Model

FUSED_NAMES = "fused_names_0"
"""Key under which OpenVINO notes the names of the nodes that one was made from."""
LEFT_BY_CLEAN_UP = frozenset({"DisableConstantFolding_0", "can_be_folded", FUSED_NAMES})
"""What OpenVINO's transformations leave on nodes of models in memory."""
SAVED = frozenset({"decompression_0", "precise_0", "disable_fp16_compression_0"})
"""What they write on nodes and a file keeps."""


def attributes_of_nodes(model: Model) -> frozenset[str]:
    """The keys of all attributes of the nodes of a model, bodies included."""
    graphs = (model, *bodies(model).values())
    return frozenset(str(key) for graph in graphs for node in graph.get_ops() for key in node.get_rt_info().keys())  # noqa: SIM118


def drop_unsaved_attributes(model: Model, known: Collection[str] = (), notes: Collection[str] = ()) -> None:
    """Take attributes off all nodes of a model, in place, bodies included.

    Args:
        model: the model.
        known: keys of attributes that stay, unless the clean-up is known to leave them.
        notes: keys of those that the clean-up leaves and that stay all the same.
    """
    kept = ((SAVED | set(known)) - LEFT_BY_CLEAN_UP) | set(notes)
    for graph in (model, *bodies(model).values()):
        for node in graph.get_ops():
            keep_tags(node, kept)


def copy_as_saved(model: Model) -> Model:
    """A copy of a model that runs as it would if it were read from a file; weights are shared."""
    twin = model.clone()
    drop_unsaved_attributes(twin, attributes_of_nodes(twin))
    return twin
