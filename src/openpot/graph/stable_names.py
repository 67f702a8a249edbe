"""Names that do not change from run to run: unique, and without OpenVINO's process-wide counters.

OpenVINO calls nodes without a name ``Constant_11849`` after a counter that never restarts, so that reading one file
twice gives two different models. Everything that is saved or referred to needs better names.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from typing import TYPE_CHECKING

from openpot.errors import OpenPotWarning
from openpot.graph.edit import set_node_name, set_tensor_names
from openpot.graph.node_index import bodies
from openpot.graph.revisions import mark_changed

if TYPE_CHECKING:
    from openpot.graph.types import Model, Node

_COUNTER = re.compile(r"_\d+(\.\d+)?$")


class NamesInUse:
    """The names of one graph, for finding free ones."""

    def __init__(self, names: Iterable[str]) -> None:
        self._taken = set(names)
        self._next: dict[str, int] = {}

    def __contains__(self, name: object) -> bool:
        return name in self._taken

    def take(self, name: str) -> str:
        """Mark a free name as taken; returns it."""
        self._taken.add(name)
        return name

    def take_numbered(self, stem: str) -> str:
        """Take the first free name of ``stem1``, ``stem2``..."""
        number = self._next.get(stem, 0) + 1
        while f"{stem}{number}" in self._taken:
            number += 1
        self._next[stem] = number
        return self.take(f"{stem}{number}")


def has_counter_name(node: Node) -> bool:
    """True if nobody named a node: OpenVINO then shows its unique name."""
    return bool(node.get_friendly_name() == node.get_name())


def has_counter_like_name(node: Node) -> bool:
    """True if a name ends like those of the counter, as names do that a transformation derived from one."""
    return bool(_COUNTER.search(node.get_friendly_name()))


def name_anonymous_nodes(model: Model, prefix: str = "") -> None:
    """Name all nodes that have no name after their type and their place: ``Constant_1``, ``Constant_2``..."""
    for graph in (model, *bodies(model).values()):
        nodes = graph.get_ordered_ops()
        names = NamesInUse(node.get_friendly_name() for node in nodes if not has_counter_name(node))
        for node in nodes:
            if has_counter_name(node):
                set_node_name(node, names.take_numbered(f"{prefix}{node.get_type_name()}_"))
    mark_changed(model)


def make_names_unique(model: Model) -> tuple[str, ...]:
    """Rename nodes whose name another node of the same graph has already, with one warning for all.

    Returns:
        The names that occurred more than once.
    """
    renamed: list[str] = []
    for graph in (model, *bodies(model).values()):
        nodes = graph.get_ordered_ops()
        names = NamesInUse(node.get_friendly_name() for node in nodes)
        seen: set[str] = set()
        for node in nodes:
            name = node.get_friendly_name()
            if name in seen:
                renamed.append(name)
                set_node_name(node, names.take_numbered(f"{name}/"))
            seen.add(name)
    repeated = tuple(dict.fromkeys(renamed))
    if repeated:
        mark_changed(model)
        shown = ", ".join(map(repr, repeated[:5])) + (", ..." if len(repeated) > 5 else "")
        warnings.warn(
            f"{len(renamed)} operation(s) had the name of another one and were renamed ('<name>/1' and so on): {shown}",
            OpenPotWarning,
            stacklevel=2,
        )
    return repeated


def name_inputs_and_outputs(model: Model) -> None:
    """Give inputs and outputs of the model that have no tensor name the name of their node."""
    taken = {name for port in (*model.inputs, *model.outputs) for name in port.get_names()}
    names = NamesInUse(taken)
    for port in [*model.inputs, *(result.input_value(0) for result in model.get_results())]:
        if port.get_names():
            continue
        name = port.get_node().get_friendly_name()
        if port.get_index():
            name = f"{name}:{port.get_index()}"
        set_tensor_names(port, {names.take_numbered(f"{name}/") if name in names else names.take(name)})
    model.validate_nodes_and_infer_types()
    mark_changed(model)
